"""Triton kernels for half precision on CUDA. Nothing here is imported where there is no Triton.

Each has a slow form in torch, which the CPU runs and the tests compare with.
"""
