// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Callguard, compile-time half: an indirect call may only go to a function whose address is
// taken somewhere in the program.
//
// Each module lists its functions of that kind in a section; the runtime copies the lists to a
// table in a safe region before main. In front of each indirect call the table is looked at, by
// a load that is marked, for it has to reach the region.
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <memsentry-pass.h>

#include "callguard.h"

using namespace llvm;

static const char Done[] = "callguard-done";

static void listTargets(Module &M)
{
    SmallVector<Constant *, 32> Targets;
    for (Function &F : M)
        if (!F.isIntrinsic() &&
            F.hasAddressTaken(nullptr, false, true, /*IgnoreLLVMUsed=*/true))
            Targets.push_back(&F);
    if (Targets.empty())
        return;
    auto *Type = ArrayType::get(PointerType::get(M.getContext(), 0), Targets.size());
    auto *List = new GlobalVariable(M, Type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
                                    ConstantArray::get(Type, Targets), "callguard_targets");
    List->setSection(CALLGUARD_SECTION);
    // Else --gc-sections would not know of any use.
    appendToUsed(M, {List});
}

// The address comes from a page that nobody writes, and from an index that is cut to the table.
static void guard(CallBase *Call)
{
    Module *M = Call->getModule();
    IRBuilder<> B(Call);
    Value *Target = Call->getCalledOperand();
    Value *Table =
        B.CreateLoad(B.getPtrTy(), M->getOrInsertGlobal("callguard_table", B.getPtrTy()));
    Value *Index =
        B.CreateAnd(B.CreateLShr(B.CreatePtrToInt(Target, B.getInt64Ty()), CALLGUARD_SHIFT),
                    CALLGUARD_SLOTS - 1);
    LoadInst *Entry = B.CreateLoad(B.getPtrTy(), B.CreateGEP(B.getPtrTy(), Table, Index));
    memsentry_saferegion_access(wrap(Entry));

    // What shares its slot with another target is looked for by the runtime, which returns if
    // it is there.
    Instruction *Then = SplitBlockAndInsertIfThen(
        B.CreateICmpNE(Entry, Target), Call->getIterator(), /*Unreachable=*/false,
        MDBuilder(M->getContext()).createUnlikelyBranchWeights());
    B.SetInsertPoint(Then);
    B.CreateCall(M->getOrInsertFunction("callguard_check", B.getVoidTy(), B.getPtrTy()),
                 {Target});
}

static int run(LLVMModuleRef module)
{
    Module &M = *unwrap(module);
    SmallVector<CallBase *, 32> Calls;

    for (Function &F : M) {
        if (F.isDeclaration() || F.hasFnAttribute(Attribute::Naked) || F.hasFnAttribute(Done))
            continue;
        F.addFnAttr(Done);
        for (Instruction &I : instructions(F))
            if (auto *Call = dyn_cast<CallBase>(&I))
                if (Call->isIndirectCall())
                    Calls.push_back(Call);
    }
    listTargets(M);
    for (CallBase *Call : Calls)
        guard(Call);
    return 0;
}

const struct memsentry_defense memsentry_defense = {MEMSENTRY_PASS_VERSION, "callguard",
                                                    /*classify=*/nullptr, run,
                                                    /*options=*/nullptr};
