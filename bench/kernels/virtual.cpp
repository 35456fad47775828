/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Virtual calls: a tree of expressions of many kinds, evaluated and changed. */
#include <memory>
#include <vector>

#include "../work.h"

namespace
{

class Expression
{
  public:
    virtual ~Expression() = default;
    virtual int64_t evaluate(const std::vector<int64_t> &variables) = 0;
    virtual void change(uint64_t number) = 0;
};

using Pointer = std::unique_ptr<Expression>;

class Constant : public Expression
{
  public:
    explicit Constant(int64_t value) : value_(value) {}
    int64_t evaluate(const std::vector<int64_t> &) override
    {
        return value_;
    }
    void change(uint64_t number) override
    {
        value_ = static_cast<int64_t>(number % 100);
    }

  private:
    int64_t value_;
};

class Variable : public Expression
{
  public:
    explicit Variable(size_t index) : index_(index) {}
    int64_t evaluate(const std::vector<int64_t> &variables) override
    {
        return variables[index_ % variables.size()];
    }
    void change(uint64_t number) override
    {
        index_ += number;
    }

  private:
    size_t index_;
};

template <typename Operation> class Binary : public Expression
{
  public:
    Binary(Pointer left, Pointer right) : left_(std::move(left)), right_(std::move(right)) {}
    int64_t evaluate(const std::vector<int64_t> &variables) override
    {
        last_ = Operation()(left_->evaluate(variables), right_->evaluate(variables));
        return last_;
    }
    void change(uint64_t number) override
    {
        if (number & 1)
            std::swap(left_, right_);
        (number & 2 ? left_ : right_)->change(number / 4);
    }

  private:
    Pointer left_, right_;
    int64_t last_ = 0;
};

struct Sum {
    int64_t operator()(int64_t a, int64_t b) const
    {
        return (a + b) % 1000003;
    }
};
struct Difference {
    int64_t operator()(int64_t a, int64_t b) const
    {
        return a - b;
    }
};
struct Larger {
    int64_t operator()(int64_t a, int64_t b) const
    {
        return a > b ? a : b;
    }
};

Pointer grow(int depth, uint64_t &state)
{
    uint64_t kind = next_random(&state) % 3;

    if (depth == 0 && kind == 0)
        return std::make_unique<Constant>(static_cast<int64_t>(next_random(&state) % 100));
    if (depth == 0)
        return std::make_unique<Variable>(next_random(&state));
    Pointer left = grow(depth - 1, state), right = grow(depth - 1, state);
    if (kind == 0)
        return std::make_unique<Binary<Sum>>(std::move(left), std::move(right));
    if (kind == 1)
        return std::make_unique<Binary<Difference>>(std::move(left), std::move(right));
    return std::make_unique<Binary<Larger>>(std::move(left), std::move(right));
}

} // namespace

int main(int argc, char **argv)
{
    int amount = work_amount(argc, argv);
    uint64_t state = 1, sum = 0;
    Pointer tree = grow(12, state);
    std::vector<int64_t> variables(8);

    for (int round = 0; round < 50 * amount; round++) {
        variables[round % variables.size()] = round;
        sum = mix(sum, static_cast<uint64_t>(tree->evaluate(variables)));
        tree->change(next_random(&state));
    }
    return print_checksum(sum);
}
