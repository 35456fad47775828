/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The shortest program: what is left of its run time is its start-up. */
int main(void)
{
    return 0;
}
