// Sizes of the block formats, for other languages.
#include "formats.h"

size_t ck_block_elements(ck_type type) { return type_elements(type); }

size_t ck_block_bytes(ck_type type) { return type_bytes(type); }
