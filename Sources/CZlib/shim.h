#include <zlib.h>

// Combining CRCs of parts of one length is cheap with an operator made once, which zlib has since 1.2.12. Before that the
// operator is the length itself.
static inline unsigned long sluice_crc32_operator(unsigned long length) {
#if ZLIB_VERNUM >= 0x12c0
  return crc32_combine_gen((z_off_t)length);
#else
  return length;
#endif
}

static inline unsigned long sluice_crc32_combine(
    unsigned long first, unsigned long second, unsigned long operator_) {
#if ZLIB_VERNUM >= 0x12c0
  return crc32_combine_op(first, second, operator_);
#else
  return crc32_combine(first, second, (z_off_t)operator_);
#endif
}
