"""Call the kernel by its 32-bit numbers, which a 64-bit filter would misread."""

# expect: runtime_error
import ctypes
import mmap

code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
place = ctypes.addressof(ctypes.c_char.from_buffer(code))
got = ctypes.CFUNCTYPE(ctypes.c_int)(place)()
print(f"BREACH: a 32-bit call returned {got}")
