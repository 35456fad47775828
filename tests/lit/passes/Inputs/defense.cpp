// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A defense in C++: marks stores to the variables that are its own.
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <memsentry-pass.h>

static int run(LLVMModuleRef module)
{
    for (llvm::Function &F : *llvm::unwrap(module))
        for (llvm::Instruction &I : llvm::instructions(F)) {
            auto *Store = llvm::dyn_cast<llvm::StoreInst>(&I);
            if (Store && Store->getPointerOperand()->getName() == "of_the_defense")
                memsentry_saferegion_access(llvm::wrap(Store));
        }
    return 0;
}

const struct memsentry_defense memsentry_defense = {MEMSENTRY_PASS_VERSION, "cxx", nullptr, run,
                                                    nullptr};
