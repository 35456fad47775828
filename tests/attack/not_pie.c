/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Linked at a fixed address, in the lower half. */
int main(void)
{
    return 0;
}
