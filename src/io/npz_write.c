/* .npz: a zip archive of stored .npy entries, written front to back (PKWARE APPNOTE 6.3: local header 4.3.7, central
 * header 4.3.12, end record 4.3.16). Sizes are known beforehand, but a CRC stands before its data: the data are summed
 * first and written second. libzip reads it back in the tests. */
#include "io/atomic.h"
#include "io/npy.h"
#include <stdio.h>
#include <string.h>

enum { ENTRIES_MAX = 1024, NAME_MAX_BYTES = 200, LOCAL = 30, CENTRAL = 46, END = 22, VERSION = 20, CRC_TABLES = 8 };
enum { DOS_DATE = 1 << 5 | 1 }; /* 1980-01-01, the first day zip knows */

typedef struct record {
  char name[NAME_MAX_BYTES + 8];
  uint32_t crc, size, offset;
} record;

struct weir_npz {
  weir_out *out;
  int n;
  bool broken;
  uint32_t table[CRC_TABLES][256];
  record entry[ENTRIES_MAX];
};

/* CRC-32 (polynomial 0xedb88320, reflected), eight bytes per turn (Kounavis and Berry, 2005). */
static void crc_tables(uint32_t t[CRC_TABLES][256])
{
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c >> 1 ^ (c & 1 ? 0xedb88320U : 0);
    t[0][i] = c;
  }
  for (int k = 1; k < CRC_TABLES; k++)
    for (uint32_t i = 0; i < 256; i++) t[k][i] = t[k - 1][i] >> 8 ^ t[0][t[k - 1][i] & 0xff];
}

static uint32_t crc_add(uint32_t t[CRC_TABLES][256], uint32_t crc, const unsigned char *b, size_t n)
{
  uint32_t c = ~crc;
  for (; n >= 8; n -= 8, b += 8) {
    c ^= (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    c = t[7][c & 0xff] ^ t[6][c >> 8 & 0xff] ^ t[5][c >> 16 & 0xff] ^ t[4][c >> 24] ^ t[3][b[4]] ^ t[2][b[5]] ^
        t[1][b[6]] ^ t[0][b[7]];
  }
  for (; n > 0; n--, b++) c = c >> 8 ^ t[0][(c ^ *b) & 0xff];
  return ~c;
}

static unsigned char *le(unsigned char *p, uint32_t v, int bytes)
{
  for (int k = 0; k < bytes; k++) *p++ = (unsigned char)(v >> 8 * k);
  return p;
}

/* The fields from "version needed" to "extra length", the same in both headers. */
static unsigned char *common(unsigned char *p, const record *r)
{
  p = le(p, VERSION, 2);
  p = le(p, 0, 2); /* flags */
  p = le(p, 0, 2); /* stored */
  p = le(p, 0, 2); /* 00:00 */
  p = le(p, DOS_DATE, 2);
  p = le(p, r->crc, 4);
  p = le(p, r->size, 4);
  p = le(p, r->size, 4);
  p = le(p, (uint32_t)strlen(r->name), 2);
  return le(p, 0, 2);
}

static weir_status local_header(weir_ctx *ctx, weir_out *o, const record *r)
{
  unsigned char b[LOCAL];
  common(le(b, 0x04034b50, 4), r);
  WEIR_TRY(weir_out_write(ctx, o, b, LOCAL));
  return weir_out_write(ctx, o, r->name, strlen(r->name));
}

static weir_status central_header(weir_ctx *ctx, weir_out *o, const record *r)
{
  unsigned char b[CENTRAL];
  unsigned char *p = common(le(le(b, 0x02014b50, 4), VERSION, 2), r);
  p = le(p, 0, 2); /* comment */
  p = le(p, 0, 2); /* disk */
  p = le(p, 0, 2); /* internal attributes */
  p = le(p, 0, 4); /* external attributes */
  le(p, r->offset, 4);
  WEIR_TRY(weir_out_write(ctx, o, b, CENTRAL));
  return weir_out_write(ctx, o, r->name, strlen(r->name));
}

weir_status weir_npz_create(weir_ctx *ctx, const char *path, weir_npz **npz)
{
  *npz = NULL;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_npz), "archive", &p));
  weir_npz *z = p;
  const weir_status st = weir_out_open(ctx, path, &z->out);
  if (st != WEIR_OK)
    weir_free(z);
  else {
    crc_tables(z->table);
    *npz = z;
  }
  return st;
}

static weir_status check_name(weir_ctx *ctx, const weir_npz *z, const char *name)
{
  const size_t n = strlen(name);
  WEIR_REQUIRE(n >= 1 && n <= NAME_MAX_BYTES, ctx, WEIR_EARG, "%s: name of an array with %zu bytes, 1 to %d expected",
               z->out->path, n, NAME_MAX_BYTES);
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  WEIR_REQUIRE(strspn(name, allowed) == n && !strstr(name, ".."), ctx, WEIR_EARG, "%s: '%s' cannot name an array",
               z->out->path, name);
  for (int k = 0; k < z->n; k++)
    WEIR_REQUIRE(strncmp(z->entry[k].name, name, n) != 0 || strcmp(z->entry[k].name + n, ".npy") != 0, ctx, WEIR_EARG,
                 "%s: there is an array '%s' already", z->out->path, name);
  return WEIR_OK;
}

static weir_status add(weir_ctx *ctx, weir_npz *z, const char *name, const weir_array_out *a)
{
  size_t bytes = 0;
  char head[WEIR_NPY_HEADER_OUT];
  WEIR_TRY(check_name(ctx, z, name));
  WEIR_TRY(weir_array_out_check(ctx, a, &bytes));
  WEIR_REQUIRE(z->n < ENTRIES_MAX, ctx, WEIR_ELIMIT, "%s: more than %d arrays", z->out->path, ENTRIES_MAX);
  const size_t n = weir_npy_format_header(head, a);
  const uint64_t most = UINT32_MAX - (uint64_t)(ENTRIES_MAX + 1) * (CENTRAL + sizeof z->entry[0].name);
  WEIR_REQUIRE(bytes <= most && z->out->written + n + bytes + LOCAL <= most, ctx, WEIR_ELIMIT,
               "%s: beyond 4 GiB; write several files", z->out->path);
  record *r = &z->entry[z->n];
  snprintf(r->name, sizeof r->name, "%s.npy", name);
  r->offset = (uint32_t)z->out->written;
  r->size = (uint32_t)(n + bytes);
  r->crc =
      crc_add(z->table, crc_add(z->table, 0, (const unsigned char *)head, n), (const unsigned char *)a->data, bytes);
  WEIR_TRY(local_header(ctx, z->out, r));
  WEIR_TRY(weir_out_write(ctx, z->out, head, n));
  WEIR_TRY(weir_out_write(ctx, z->out, a->data, bytes));
  z->n++;
  return WEIR_OK;
}

weir_status weir_npz_add(weir_ctx *ctx, weir_npz *npz, const char *name, const weir_array_out *a)
{
  const weir_status st = add(ctx, npz, name, a);
  if (st != WEIR_OK) npz->broken = true;
  return st;
}

weir_status weir_npz_close(weir_ctx *ctx, weir_npz **npz)
{
  weir_npz *z = *npz;
  const uint64_t start = z->out->written;
  weir_status st = WEIR_OK;
  if (z->broken) st = WEIR_FAIL(ctx, WEIR_EIO, "%s: not written: an array before failed", z->out->path);
  for (int k = 0; k < z->n && st == WEIR_OK; k++) st = central_header(ctx, z->out, &z->entry[k]);
  unsigned char b[END], *p = le(b, 0x06054b50, 4);
  p = le(p, 0, 4); /* this disk, disk of the directory */
  p = le(p, (uint32_t)z->n, 2);
  p = le(p, (uint32_t)z->n, 2);
  p = le(p, (uint32_t)(z->out->written - start), 4);
  p = le(p, (uint32_t)start, 4);
  le(p, 0, 2);
  if (st == WEIR_OK) st = weir_out_write(ctx, z->out, b, END);
  if (st == WEIR_OK) st = weir_out_commit(ctx, &z->out);
  weir_npz_discard(npz);
  return st;
}

void weir_npz_discard(weir_npz **npz)
{
  if (!npz || !*npz) return;
  weir_out_discard(&(*npz)->out);
  weir_free(*npz);
  *npz = NULL;
}
