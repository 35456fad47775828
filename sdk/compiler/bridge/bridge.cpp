// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plugin as LLVM sees it, and answers that LLVM-C lacks. No policy here.

#include "bridge.h"
#include "../pipeline.h"

#include <memsentry/abi.h>

#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/AttributeMask.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LLVMRemarkStreamer.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>
#if LLVM_VERSION_MAJOR >= 22
#    include <llvm/Plugins/PassPlugin.h>
#else
#    include <llvm/Passes/PassPlugin.h>
#endif
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/SpecialCaseList.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <cstdio>
#include <memory>

using namespace llvm;

static cl::opt<std::string> ProtMethod("memsentry-prot-method", cl::value_desc("backend"),
                                       cl::desc("isolate safe regions with this backend"));
static cl::opt<std::string> ReadWrite("memsentry-rw", cl::value_desc("r|w|rw"), cl::init("rw"),
                                      cl::desc("which accesses to confine"));
static cl::opt<std::string> WhitelistSection("memsentry-whitelist-section",
                                             cl::value_desc("section"),
                                             cl::init(MEMSENTRY_WHITELIST_SECTION),
                                             cl::desc("functions of this section are trusted"));
static cl::opt<bool>
    VerifyExternalCallArgs("memsentry-verify-external-call-args", cl::init(true),
                           cl::desc("check pointers handed to code that is not instrumented"));
static cl::opt<std::string> BenchdomainPoints("memsentry-benchdomain-points",
                                              cl::value_desc("call-ret|icall|libfunc"),
                                              cl::desc("switch the domain there for nothing"));
static cl::opt<std::string> BenchdomainFile("memsentry-benchdomain-libfunc-file",
                                            cl::value_desc("file"),
                                            cl::desc("the functions that libfunc means"));
static cl::opt<bool> BenchdomainCount("memsentry-benchdomain-count", cl::Hidden,
                                      cl::desc("count how often they are passed, for bench/"));
static cl::opt<bool> MpkPreserve("memsentry-mpk-preserve",
                                 cl::desc("gates keep the rights of other protection keys"));
static cl::opt<std::string> Proof("memsentry-proof", cl::value_desc("error|warn|off"),
                                  cl::init("error"),
                                  cl::desc("what becomes of an access that is not proved"));
static cl::list<std::string> Defenses("memsentry-defense", cl::CommaSeparated,
                                      cl::value_desc("defense"),
                                      cl::desc("prebuilt defenses to apply"));
static cl::list<std::string> DefenseFiles("memsentry-defense-file", cl::value_desc("file"),
                                          cl::desc("shared objects of other defenses"));
static cl::list<std::string> DefenseArgs("memsentry-defense-arg",
                                         cl::value_desc("name:key=value"),
                                         cl::desc("an option of such a defense"));
static cl::opt<std::string> IgnoreList("memsentry-ignorelist", cl::value_desc("file"),
                                       cl::desc("functions and files to leave alone"));

enum class Warn { Off, Warning, Error };
static cl::opt<Warn> WarnAssembly("memsentry-asm", cl::init(Warn::Warning),
                                  cl::desc("assembly that is not confined"),
                                  cl::values(clEnumValN(Warn::Off, "off", "is not mentioned"),
                                             clEnumValN(Warn::Warning, "warn", "is a warning"),
                                             clEnumValN(Warn::Error, "error", "is an error")));

namespace
{

// Where a pipeline stands. LLVM 19 does not tell its callbacks whether the linker will go on
// from here; what clang writes into a module before it does so tells.
enum class Stage { Final, BeforeFullLink, BeforeThinLink };

Stage stageOf(const Module &M)
{
    if (!M.getModuleFlag("EnableSplitLTOUnit"))
        return Stage::Final;
    return M.getModuleFlag("ThinLTO") ? Stage::BeforeFullLink : Stage::BeforeThinLink;
}

struct StartPass : PassInfoMixin<StartPass> {
    std::shared_ptr<Stage> Found;
    explicit StartPass(std::shared_ptr<Stage> Found) : Found(std::move(Found)) {}
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        // A second compilation of bitcode ends the matter: what the first one left says nothing
        // of the second.
        *Found = pipeline_start(wrap(&M)) ? Stage::Final : stageOf(M);
        return PreservedAnalyses::none();
    }
    static bool isRequired()
    {
        return true;
    }
};

struct InliningPass : PassInfoMixin<InliningPass> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        pipeline_before_inlining(wrap(&M));
        return PreservedAnalyses::none();
    }
    static bool isRequired()
    {
        return true;
    }
};

struct LastPass : PassInfoMixin<LastPass> {
    std::shared_ptr<Stage> Now;
    bool Optimize;
    LastPass(std::shared_ptr<Stage> Now, bool Optimize)
        : Now(std::move(Now)), Optimize(Optimize)
    {
    }
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        // The linker runs no pass on what ThinLTO compiles without optimisation.
        if (*Now == Stage::BeforeFullLink || (*Now == Stage::BeforeThinLink && Optimize))
            pipeline_before_link(wrap(&M));
        else
            pipeline_last(wrap(&M), Optimize);
        return PreservedAnalyses::none();
    }
    static bool isRequired()
    {
        return true;
    }
};

struct WholePass : PassInfoMixin<WholePass> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        pipeline_all(wrap(&M));
        return PreservedAnalyses::none();
    }
    static bool isRequired()
    {
        return true;
    }
};

template <void (*Stage)(LLVMModuleRef)>
struct BenchdomainPass : PassInfoMixin<BenchdomainPass<Stage>> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        Stage(wrap(&M));
        return PreservedAnalyses::none();
    }
    static bool isRequired()
    {
        return true;
    }
};

struct ProofPass : PassInfoMixin<ProofPass> {
    PreservedAnalyses run(Module &M, ModuleAnalysisManager &)
    {
        pipeline_prove(wrap(&M));
        return PreservedAnalyses::all();
    }
    static bool isRequired()
    {
        return true;
    }
};

std::shared_ptr<Stage> at(Stage S)
{
    return std::make_shared<Stage>(S);
}

void registerCallbacks(PassBuilder &PB)
{
    auto Found = at(Stage::Final);

    PB.registerPipelineStartEPCallback(
        [Found](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(StartPass(Found)); });
#if LLVM_VERSION_MAJOR >= 20
    PB.registerPipelineEarlySimplificationEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel, ThinOrFullLTOPhase) {
            MPM.addPass(InliningPass());
        });
    PB.registerOptimizerLastEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel Level, ThinOrFullLTOPhase Phase) {
            Stage S = Phase == ThinOrFullLTOPhase::FullLTOPreLink   ? Stage::BeforeFullLink
                      : Phase == ThinOrFullLTOPhase::ThinLTOPreLink ? Stage::BeforeThinLink
                                                                    : Stage::Final;
            MPM.addPass(LastPass(at(S), Level != OptimizationLevel::O0));
        });
#else
    PB.registerPipelineEarlySimplificationEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(InliningPass()); });
    PB.registerOptimizerLastEPCallback(
        [Found](ModulePassManager &MPM, OptimizationLevel Level) {
            MPM.addPass(LastPass(Found, Level != OptimizationLevel::O0));
        });
#endif
    PB.registerFullLinkTimeOptimizationEarlyEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(InliningPass()); });
    PB.registerFullLinkTimeOptimizationLastEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel Level) {
            MPM.addPass(LastPass(at(Stage::Final), Level != OptimizationLevel::O0));
        });
    PB.registerPipelineParsingCallback(
        [](StringRef Name, ModulePassManager &MPM, ArrayRef<PassBuilder::PipelineElement>) {
            if (Name == "memsentry")
                MPM.addPass(WholePass());
            else if (Name == "memsentry-benchdomain")
                MPM.addPass(BenchdomainPass<pipeline_benchdomain>());
            else if (Name == "memsentry-benchdomain-post")
                MPM.addPass(BenchdomainPass<pipeline_benchdomain_post>());
            else if (Name == "memsentry-prove")
                MPM.addPass(ProofPass());
            else
                return false;
            return true;
        });
}

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK __attribute__((visibility("default"))) PassPluginLibraryInfo
llvmGetPassPluginInfo()
{
    return {LLVM_PLUGIN_API_VERSION, "memsentry", MEMSENTRY_VERSION, registerCallbacks};
}

const char *bridge_option_prot_method(void)
{
    return ProtMethod.c_str();
}
const char *bridge_option_rw(void)
{
    return ReadWrite.c_str();
}
const char *bridge_option_whitelist_section(void)
{
    return WhitelistSection.c_str();
}
bool bridge_option_verify_external_call_args(void)
{
    return VerifyExternalCallArgs;
}
const char *bridge_option_benchdomain_points(void)
{
    return BenchdomainPoints.c_str();
}

const char *bridge_option_benchdomain_file(void)
{
    return BenchdomainFile.c_str();
}

bool bridge_option_benchdomain_count(void)
{
    return BenchdomainCount;
}

bool bridge_option_mpk_preserve(void)
{
    return MpkPreserve;
}

const char *bridge_option_proof(void)
{
    return Proof.c_str();
}
size_t bridge_option_defense_count(void)
{
    return Defenses.size();
}
const char *bridge_option_defense(size_t index)
{
    return Defenses[index].c_str();
}

size_t bridge_option_defense_file_count(void)
{
    return DefenseFiles.size();
}
const char *bridge_option_defense_file(size_t index)
{
    return DefenseFiles[index].c_str();
}
size_t bridge_option_defense_arg_count(void)
{
    return DefenseArgs.size();
}
const char *bridge_option_defense_arg(size_t index)
{
    return DefenseArgs[index].c_str();
}

struct bridge_ignore_list {
    std::unique_ptr<SpecialCaseList> List;
};

bool bridge_ignore_list_open(struct bridge_ignore_list **list, char *error, size_t error_size)
{
    *list = nullptr;
    if (IgnoreList.empty())
        return true;
    std::string Message;
    auto List = SpecialCaseList::create({IgnoreList}, *vfs::getRealFileSystem(), Message);
    if (!List) {
        snprintf(error, error_size, "ignore list of MemSentry: %s", Message.c_str());
        return false;
    }
    *list = new bridge_ignore_list{std::move(List)};
    return true;
}

bool bridge_ignore_list_has(const struct bridge_ignore_list *list, const char *prefix,
                            const char *query)
{
    return list->List->inSection("memsentry", prefix, query);
}

void bridge_ignore_list_close(struct bridge_ignore_list *list)
{
    delete list;
}

static const char RemarkPass[] = "memsentry";

bool bridge_remarks_enabled(LLVMValueRef function)
{
    LLVMContext &Context = unwrap<Function>(function)->getContext();
    return Context.getLLVMRemarkStreamer() ||
           Context.getDiagHandlerPtr()->isAnyRemarkEnabled(RemarkPass);
}

void bridge_remark(LLVMValueRef instruction, bool missed, const char *name, const char *message)
{
    auto *I = dyn_cast<Instruction>(unwrap(instruction));
    Function *F = I ? I->getFunction() : unwrap<Function>(instruction);
    OptimizationRemarkEmitter Emitter(F);
    if (I && missed)
        Emitter.emit(OptimizationRemarkMissed(RemarkPass, name, I) << message);
    else if (I)
        Emitter.emit(OptimizationRemark(RemarkPass, name, I) << message);
    else if (missed)
        Emitter.emit(
            OptimizationRemarkMissed(RemarkPass, name, F->getSubprogram(),
                                     F->isDeclaration() ? nullptr : &F->getEntryBlock())
            << message);
    else
        Emitter.emit(OptimizationRemark(RemarkPass, name, F) << message);
}

void bridge_error(LLVMModuleRef module, LLVMValueRef instruction, const char *message)
{
    LLVMContext &Context = unwrap(module)->getContext();
    if (!instruction) {
        Context.emitError(message);
        return;
    }
    Instruction *I = unwrap<Instruction>(instruction);
    Context.diagnose(DiagnosticInfoUnsupported(*I->getFunction(), message, I->getDebugLoc()));
}

void bridge_warn_assembly(LLVMModuleRef module, LLVMValueRef call, const char *message)
{
    if (WarnAssembly == Warn::Off)
        return;
    LLVMContext &Context = unwrap(module)->getContext();
    DiagnosticSeverity Severity = WarnAssembly == Warn::Error ? DS_Error : DS_Warning;
    // The front end knows the place even of assembly without debug information.
    if (call)
        Context.diagnose(
            DiagnosticInfoInlineAsm(*unwrap<Instruction>(call), message, Severity));
    else
        Context.diagnose(DiagnosticInfoInlineAsm(uint64_t(0), message, Severity));
}

void bridge_warning(LLVMModuleRef module, LLVMValueRef instruction, const char *message)
{
    Instruction *I = unwrap<Instruction>(instruction);
    unwrap(module)->getContext().diagnose(
        DiagnosticInfoUnsupported(*I->getFunction(), message, I->getDebugLoc(), DS_Warning));
}

LLVMValueRef bridge_split_unlikely(LLVMValueRef condition, LLVMValueRef before, bool no_return)
{
    Instruction *I = unwrap<Instruction>(before);
    MDNode *Weights = MDBuilder(I->getContext()).createUnlikelyBranchWeights();
    Instruction *T =
        SplitBlockAndInsertIfThen(unwrap(condition), I->getIterator(), no_return, Weights);
    T->setDebugLoc(I->getDebugLoc());
    return wrap(T);
}

void bridge_split_critical_edges(LLVMValueRef function)
{
    SplitAllCriticalEdges(*unwrap<Function>(function));
}

void bridge_fold_empty_blocks(LLVMValueRef function)
{
    Function &F = *unwrap<Function>(function);

    for (BasicBlock &Block : make_early_inc_range(F)) {
        const auto *Only = dyn_cast<BranchInst>(&Block.front());
        BasicBlock *From = Block.getSinglePredecessor();
        if (!Only || !Only->isUnconditional() || !From)
            continue;
        BasicBlock *To = Only->getSuccessor(0);
        /* A second edge between the two would need a second value in each phi. */
        if (To == &Block || is_contained(predecessors(To), From))
            continue;
        To->replacePhiUsesWith(&Block, From);
        From->getTerminator()->replaceSuccessorWith(&Block, To);
        Block.eraseFromParent();
    }
}

void bridge_block_frequencies(LLVMValueRef function, uint64_t *frequencies)
{
    Function &F = *unwrap<Function>(function);
    DominatorTree Tree(F);
    LoopInfo Loops(Tree);
    BranchProbabilityInfo Probabilities(F, Loops);
    BlockFrequencyInfo Frequencies(F, Probabilities, Loops);

    for (const BasicBlock &Block : F)
        *frequencies++ = Frequencies.getBlockFreq(&Block).getFrequency();
}

/* Scalar evolution takes a loop that must progress for one whose counter does not wrap. */
static MDNode *withoutProgress(LLVMContext &Context, MDNode *Loop)
{
    SmallVector<Metadata *, 4> Kept = {nullptr};
    for (const MDOperand &Operand : drop_begin(Loop->operands())) {
        auto *Node = dyn_cast<MDNode>(Operand);
        auto *Name =
            Node && Node->getNumOperands() ? dyn_cast<MDString>(Node->getOperand(0)) : nullptr;
        if (!Name || Name->getString() != "llvm.loop.mustprogress")
            Kept.push_back(Operand);
    }
    if (Kept.size() == Loop->getNumOperands())
        return Loop;
    if (Kept.size() == 1)
        return nullptr;
    MDNode *Result = MDNode::getDistinct(Context, Kept);
    Result->replaceOperandWith(0, Result);
    return Result;
}

static bool statesProgress(Instruction *I)
{
    MDNode *Loop = I->getMetadata(LLVMContext::MD_loop);
    return Loop && withoutProgress(I->getContext(), Loop) != Loop;
}

// Counting the zeros of 0 leaves whatever a register held where the result is then poison.
static bool countsNoZero(const Instruction *I)
{
    auto *II = dyn_cast<IntrinsicInst>(I);
    return II &&
           (II->getIntrinsicID() == Intrinsic::ctlz ||
            II->getIntrinsicID() == Intrinsic::cttz) &&
           !cast<Constant>(II->getArgOperand(1))->isNullValue();
}

void bridge_drop_facts(LLVMValueRef instruction)
{
    Instruction *I = unwrap<Instruction>(instruction);
    if (countsNoZero(I))
        I->setOperand(1, ConstantInt::getFalse(I->getContext()));
    I->dropPoisonGeneratingAnnotations();
    I->setMetadata(LLVMContext::MD_dereferenceable, nullptr);
    I->setMetadata(LLVMContext::MD_dereferenceable_or_null, nullptr);
    I->setMetadata(LLVMContext::MD_noundef, nullptr);
    I->setMetadata(LLVMContext::MD_invariant_load, nullptr);
    if (MDNode *Loop = I->getMetadata(LLVMContext::MD_loop))
        I->setMetadata(LLVMContext::MD_loop, withoutProgress(I->getContext(), Loop));
}

bool bridge_states_facts(LLVMValueRef instruction)
{
    auto *I = unwrap<Instruction>(instruction);
    auto *II = dyn_cast<IntrinsicInst>(I);
    return I->hasPoisonGeneratingAnnotations() ||
           I->getMetadata(LLVMContext::MD_dereferenceable) ||
           I->getMetadata(LLVMContext::MD_dereferenceable_or_null) ||
           I->getMetadata(LLVMContext::MD_noundef) ||
           I->getMetadata(LLVMContext::MD_invariant_load) || statesProgress(I) ||
           countsNoZero(I) || (II && II->getIntrinsicID() == Intrinsic::assume);
}

// Attributes of a call are what a front end or an optimizer claims; an intrinsic's own are
// LLVM's definition of it.
static MemoryEffects effectsOf(const Instruction *I)
{
    auto *CB = dyn_cast<CallBase>(I);
    auto *F = CB ? CB->getCalledFunction() : nullptr;
    if (F && F->isIntrinsic())
        return F->getMemoryEffects().getWithoutLoc(IRMemLocation::InaccessibleMem);
    return MemoryEffects(I->mayReadFromMemory()
                             ? I->mayWriteToMemory() ? ModRefInfo::ModRef : ModRefInfo::Ref
                         : I->mayWriteToMemory() ? ModRefInfo::Mod
                                                 : ModRefInfo::NoModRef);
}

bool bridge_may_read(LLVMValueRef instruction)
{
    return isRefSet(effectsOf(unwrap<Instruction>(instruction)).getModRef());
}

bool bridge_may_write(LLVMValueRef instruction)
{
    return isModSet(effectsOf(unwrap<Instruction>(instruction)).getModRef());
}

bool bridge_argument_may_read(LLVMValueRef call, unsigned index)
{
    const Function *F = unwrap<CallBase>(call)->getCalledFunction();
    return bridge_may_read(call) && !F->hasParamAttribute(index, Attribute::ReadNone) &&
           !F->hasParamAttribute(index, Attribute::WriteOnly);
}

bool bridge_argument_may_write(LLVMValueRef call, unsigned index)
{
    const Function *F = unwrap<CallBase>(call)->getCalledFunction();
    return bridge_may_write(call) && !F->hasParamAttribute(index, Attribute::ReadNone) &&
           !F->hasParamAttribute(index, Attribute::ReadOnly);
}

const char *bridge_opcode_name(LLVMValueRef instruction)
{
    return unwrap<Instruction>(instruction)->getOpcodeName();
}

bool bridge_is_swift_error(LLVMValueRef pointer)
{
    return unwrap(pointer)->isSwiftError();
}

// An entry of llvm.used or its like: a name, not an address that anybody calls.
static bool isList(const User *U)
{
    auto *Variable = dyn_cast<GlobalVariable>(U);
    return Variable ? Variable->getName().starts_with("llvm.")
                    : isa<Constant>(U) && !isa<GlobalValue>(U) &&
                          any_of(U->users(), [](const User *V) { return isList(V); });
}

static bool takesAddress(const Use &U, bool (*covers)(LLVMValueRef))
{
    auto *I = dyn_cast<Instruction>(U.getUser());
    if (!I)
        return !isa<Function>(U.getUser()) && !isa<GlobalAlias>(U.getUser()) &&
               !isList(U.getUser());
    auto *Call = dyn_cast<CallBase>(I);
    if (Call && Call->isCallee(&U))
        return false;
    // Asks whether a weak function is there.
    if (isa<CmpInst>(I) && isa<ConstantPointerNull>(I->getOperand(1 - U.getOperandNo())))
        return false;
    return covers(wrap(I->getFunction()));
}

bool bridge_replace_address(LLVMValueRef function, LLVMValueRef replacement,
                            bool (*covers)(LLVMValueRef function))
{
    Value *F = unwrap(function);
    bool Found = any_of(F->uses(), [=](const Use &U) { return takesAddress(U, covers); });
    if (Found && replacement)
        F->replaceUsesWithIf(unwrap(replacement),
                             [=](Use &U) { return takesAddress(U, covers); });
    return Found;
}

LLVMValueRef bridge_pad_call(LLVMValueRef call, unsigned count)
{
    auto *Call = unwrap<CallBase>(call);
    for (unsigned I = 0; I < Call->arg_size(); I++)
        count += Call->paramHasAttr(I, Attribute::Nest);
    if (!Call->getFunctionType()->isVarArg() || Call->arg_size() >= count ||
        Call->isMustTailCall() || isa<CallBrInst>(Call))
        return call;
    SmallVector<Value *, 8> Arguments(Call->args());
    Arguments.resize(count, ConstantInt::get(Type::getInt64Ty(Call->getContext()), 0));
    SmallVector<OperandBundleDef, 1> Bundles;
    Call->getOperandBundlesAsDefs(Bundles);
    CallBase *New;
    if (auto *Invoke = dyn_cast<InvokeInst>(Call))
        New = InvokeInst::Create(Call->getFunctionType(), Call->getCalledOperand(),
                                 Invoke->getNormalDest(), Invoke->getUnwindDest(), Arguments,
                                 Bundles, "", Call->getIterator());
    else
        New = CallInst::Create(Call->getFunctionType(), Call->getCalledOperand(), Arguments,
                               Bundles, "", Call->getIterator());
    New->setAttributes(Call->getAttributes());
    New->setCallingConv(Call->getCallingConv());
    New->copyMetadata(*Call);
    Call->replaceAllUsesWith(New);
    New->takeName(Call);
    Call->eraseFromParent();
    return wrap(New);
}

void bridge_expose(LLVMModuleRef module, LLVMValueRef global)
{
    appendToCompilerUsed(*unwrap(module), {unwrap<GlobalValue>(global)});
}

void bridge_call_at_exit(LLVMModuleRef module, LLVMValueRef function)
{
    appendToGlobalDtors(*unwrap(module), unwrap<Function>(function), 65535,
                        unwrap<Function>(function));
}

void bridge_keep(LLVMModuleRef module, LLVMValueRef global)
{
    appendToUsed(*unwrap(module), {unwrap<GlobalValue>(global)});
}

void bridge_release(LLVMModuleRef module, LLVMValueRef global)
{
    Value *V = unwrap(global);
    removeFromUsedLists(*unwrap(module),
                        [V](Constant *C) { return C->stripPointerCasts() == V; });
}

/* Attributes with the static chain for a new parameter `At`. */
static AttributeList withChain(LLVMContext &Context, AttributeList Old, unsigned Parameters,
                               unsigned At)
{
    AttributeMask Counted; // what names parameters by their number
    Counted.addAttribute(Attribute::AllocSize);
    SmallVector<AttributeSet, 8> Sets;
    for (unsigned I = 0; I < Parameters; I++)
        Sets.push_back(Old.getParamAttrs(I));
    Sets.insert(Sets.begin() + At,
                AttributeSet::get(Context, {Attribute::get(Context, Attribute::Nest)}));
    AttributeSet Own = Old.getFnAttrs();
    return AttributeList::get(Context,
                              At < Parameters ? Own.removeAttributes(Context, Counted) : Own,
                              Old.getRetAttrs(), Sets);
}

LLVMValueRef bridge_call_with_chain(LLVMValueRef call, LLVMValueRef chain)
{
    CallBase *Old = unwrap<CallBase>(call);
    FunctionType *Signature = Old->getFunctionType();
    // Behind the others no argument changes its number; a call that must be a tail call has to
    // look like its function, where it is the first.
    unsigned At = Old->isMustTailCall() ? 0 : Old->arg_size();
    SmallVector<Value *, 8> Arguments(Old->args());
    Arguments.insert(Arguments.begin() + At, unwrap(chain));
    if (At < Signature->getNumParams() || !Signature->isVarArg()) {
        SmallVector<Type *, 8> Types(Signature->params());
        Types.insert(Types.begin() + At, unwrap(chain)->getType());
        Signature = FunctionType::get(Signature->getReturnType(), Types, Signature->isVarArg());
    }
    SmallVector<OperandBundleDef, 1> Bundles;
    Old->getOperandBundlesAsDefs(Bundles);

    CallBase *New;
    if (auto *Invoke = dyn_cast<InvokeInst>(Old)) {
        New = InvokeInst::Create(Signature, Old->getCalledOperand(), Invoke->getNormalDest(),
                                 Invoke->getUnwindDest(), Arguments, Bundles, "",
                                 Old->getIterator());
    } else {
        auto *Call = CallInst::Create(Signature, Old->getCalledOperand(), Arguments, Bundles,
                                      "", Old->getIterator());
        Call->setTailCallKind(cast<CallInst>(Old)->getTailCallKind());
        New = Call;
    }
    New->setCallingConv(Old->getCallingConv());
    New->setAttributes(withChain(Old->getContext(), Old->getAttributes(), Old->arg_size(), At));
    New->copyMetadata(*Old);
    New->copyIRFlags(Old);
    New->takeName(Old);
    Old->replaceAllUsesWith(New);
    Old->eraseFromParent();
    return wrap(New);
}

LLVMValueRef bridge_split_entry(LLVMValueRef function, const char *suffix)
{
    Function *Outer = unwrap<Function>(function);
    Function *Inner = Function::Create(Outer->getFunctionType(), GlobalValue::InternalLinkage,
                                       Outer->getAddressSpace(), Outer->getName() + suffix);
    SmallVector<Value *, 8> Arguments;

    Outer->getParent()->getFunctionList().insertAfter(Outer->getIterator(), Inner);
    Inner->copyAttributesFrom(Outer);
    Inner->setVisibility(GlobalValue::DefaultVisibility);
    Inner->setDSOLocal(true);
    Inner->splice(Inner->begin(), Outer);
    Inner->setSubprogram(Outer->getSubprogram());
    Outer->setSubprogram(nullptr);
    for (Argument &A : Outer->args()) {
        Argument *Moved = Inner->getArg(A.getArgNo());
        A.replaceAllUsesWith(Moved);
        Moved->setName(A.getName());
        Arguments.push_back(&A);
    }
    IRBuilder<> Builder(BasicBlock::Create(Outer->getContext(), "", Outer));
    CallInst *Call = Builder.CreateCall(Inner, Arguments);
    Call->setCallingConv(Inner->getCallingConv());
    Call->setAttributes(Inner->getAttributes().removeFnAttributes(Outer->getContext()));
    if (Outer->getReturnType()->isVoidTy())
        Builder.CreateRetVoid();
    else
        Builder.CreateRet(Call);
    return wrap(Inner);
}

LLVMValueRef bridge_function_with_chain(LLVMValueRef function, LLVMTypeRef *added,
                                        unsigned count, bool variadic)
{
    Function *Old = unwrap<Function>(function);
    FunctionType *Signature = Old->getFunctionType();
    SmallVector<Type *, 16> Types = {PointerType::get(Old->getContext(), 0)};
    Types.append(Signature->param_begin(), Signature->param_end());
    for (unsigned I = 0; I < count; I++)
        Types.push_back(unwrap(added[I]));
    Signature = FunctionType::get(Signature->getReturnType(), Types, variadic);

    Function *New = Function::Create(Signature, Old->getLinkage(), Old->getAddressSpace());
    New->copyAttributesFrom(Old);
    New->setAttributes(withChain(Old->getContext(), Old->getAttributes(), Old->arg_size(), 0));
    New->setComdat(Old->getComdat());
    New->copyMetadata(Old, 0);
    Old->getParent()->getFunctionList().insert(Old->getIterator(), New);
    New->takeName(Old);
    New->splice(New->begin(), Old);
    for (Argument &A : Old->args()) {
        Argument *Moved = New->getArg(A.getArgNo() + 1);
        A.replaceAllUsesWith(Moved);
        Moved->takeName(&A);
    }
    Old->replaceAllUsesWith(New);
    Old->eraseFromParent();
    return wrap(New);
}
