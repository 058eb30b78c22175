/*
 * The two-level kernel of src/sim/hardware/two-level.ts, line by line, in C: what `npm run bench` holds the TypeScript
 * against. Arguments: a file of records (two little-endian 32-bit words each) and how often to run it. Prints the
 * seconds of the loop alone and the misses of both levels.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define L1_WAYS 4
#define L1_SETS 128
#define L2_WAYS 4
#define L2_SETS 8192
#define LINE_SHIFT 5
#define LINE_MASK 31
#define EMPTY -2

static int32_t l1[L1_SETS * L1_WAYS], l2[L2_SETS * L2_WAYS];
static uint64_t l1_misses, l2_misses, writebacks;

static void access_l2(uint32_t line, int write) {
  int32_t *set = l2 + (line & (L2_SETS - 1)) * L2_WAYS, key = (int32_t)((line << 1) | 1);
  for (int way = 0; way < L2_WAYS; way++) {
    int32_t entry = set[way];
    if ((entry | 1) != key) continue;
    for (int i = way; i > 0; i--) set[i] = set[i - 1];
    set[0] = entry | write;
    return;
  }
  l2_misses++;
  if (set[L2_WAYS - 1] & 1) writebacks++;
  for (int i = L2_WAYS - 1; i > 0; i--) set[i] = set[i - 1];
  set[0] = (int32_t)(line << 1) | write;
}

static void __attribute__((noinline)) reference(uint32_t line, int kind, int whole) {
  int32_t *set = l1 + (line & (L1_SETS - 1)) * L1_WAYS, key = (int32_t)((line << 1) | 1);
  int write = kind != 0;
  for (int way = 0; way < L1_WAYS; way++) {
    int32_t entry = set[way];
    if ((entry | 1) != key) continue;
    for (int i = way; i > 0; i--) set[i] = set[i - 1];
    set[0] = entry | write;
    return;
  }
  int32_t victim = set[L1_WAYS - 1];
  for (int i = L1_WAYS - 1; i > 0; i--) set[i] = set[i - 1];
  set[0] = (int32_t)(line << 1) | write;
  if (victim & 1) access_l2((uint32_t)victim >> 1, 1);
  l1_misses++;
  if (whole && kind == 1) return;
  access_l2(line, 0);
}

int main(int argc, char **argv) {
  FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  long bytes = ftell(file);
  rewind(file);
  uint32_t *words = malloc(bytes);
  if (fread(words, 1, bytes, file) != (size_t)bytes) return 1;
  long records = bytes / 8;
  int rounds = atoi(argv[2]);
  for (int i = 0; i < L1_SETS * L1_WAYS; i++) l1[i] = EMPTY;
  for (int i = 0; i < L2_SETS * L2_WAYS; i++) l2[i] = EMPTY;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  uint64_t total = 0, writes = 0, modifies = 0, splits = 0;
  for (int round = 0; round < rounds; round++) {
    for (long i = 0; i < records * 2; i += 2) {
      uint32_t address = words[i], meta = words[i + 1];
      int kind = meta & 3;
      if (kind == 3) continue;
      int write = (kind & 1) | (kind >> 1);
      total++;
      writes += write;
      modifies += kind >> 1;
      uint32_t line = (address >> LINE_SHIFT) | ((meta >> 14) << (32 - LINE_SHIFT));
      int32_t key = (int32_t)((line << 1) | 1), *most = l1 + (line & (L1_SETS - 1)) * L1_WAYS;
      int offset = address & LINE_MASK, rest = offset + (int)((meta >> 2) & 0xfff) - LINE_MASK - 1;
      if ((*most | 1) == key) *most |= write;
      else reference(line, kind, offset == 0 && rest >= 0);
      for (uint32_t next = line + 1; rest > 0; next++, rest -= LINE_MASK + 1) {
        splits++;
        reference(next, kind, rest > LINE_MASK);
      }
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.9f %llu %llu %llu\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9,
         (unsigned long long)l1_misses, (unsigned long long)l2_misses, (unsigned long long)(total + writes + modifies + splits + writebacks));
  return 0;
}
