// SPDX-License-Identifier: Apache-2.0
// Instructions of the DMA queues.
#ifndef TILICHO_ISA_DMA
#define TILICHO_ISA_DMA

include "IsaFormats.td"

class DmaInstruction<string m, int op> : IsaInstruction<m, op, DmaFormat, [Dma]>;

class MovedFrom<string n, IsaSpan over = SpanFull, list<string> types = []>
    : Reads<n, over, ["Sbuf", "Hbm"], types>;
class MovedTo<string n, IsaSpan over = SpanFull>
    : Writes<n, over, ["Sbuf", "Hbm"]>;
class MergedInto<string n, IsaSpan over = SpanFull>
    : Updates<n, over, ["Sbuf", "Hbm"]>;

defvar kDmaDims = [{
The iteration space is partitions, then the four counts; steps[0] belongs to the
partitions and on chip is counted in partitions, steps[1..4] belong to the counts.
Types that differ are cast by the rules of docs/ISA.md; equal types are moved bit
for bit.}];
defvar kDmaTrap = "dst, src or index lies outside its memory or segment.";

def Move : DmaInstruction<"dma", 0x50> {
  let uses = ["dst", "src"];
  let operands = [MovedTo<"dst">, MovedFrom<"src">];
  let summary = "moves a strided block";
  let operation = "dst[i] = src[i]";
  let description = kDmaDims;
  let assembly = "$dst = $src";
  let traps = [kDmaTrap];
  let examples = ["dma [128, 784] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[2, 0x0 + r1*100352 : 784, 1]"];
}

def Gather : DmaInstruction<"dma_gather", 0x51> {
  let uses = ["dst", "src", "index", "indexStep", "limit"];
  let operands = [MovedTo<"dst">, MovedFrom<"src", over = SpanTable>,
                  MovedFrom<"index", types = ["i32", "i64"]>];
  let summary = "moves elements from places that an index tensor names";
  let operation = "n = index[i] < 0 ? index[i] + limit : index[i]; dst[i] = src[i + n * indexStep]";
  let description = kDmaDims # " n * indexStep elements are added to the address of src.";
  let assembly = "$dst = $src at $index * $indexStep limit $limit";
  let traps = [kDmaTrap, "n lies outside [0, limit)."];
  let examples = ["dma_gather [16, 768] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[1, 0x0 : 0, 1] at hbm.i64[0, 0x0 : 1] * 768 limit 30522"];
}

def Scatter : DmaInstruction<"dma_scatter", 0x52> {
  let uses = ["dst", "src", "index", "indexStep", "limit", "mode"];
  let operands = [MergedInto<"dst", over = SpanTable>,
                  MovedFrom<"src">, MovedFrom<"index", types = ["i32", "i64"]>];
  let summary = "moves elements to places that an index tensor names";
  let operation = "n = index[i] < 0 ? index[i] + limit : index[i]; dst[i + n * indexStep] = mode(dst, src[i])";
  let description = kDmaDims # " n * indexStep elements are added to the address of dst. Elements are written in row-major order of the iteration space.";
  let assembly = "$dst at $index * $indexStep limit $limit = $mode($src)";
  let traps = [kDmaTrap, "n lies outside [0, limit)."];
  let examples = ["dma_scatter [16, 768] hbm.f32[1, 0x0 : 0, 1] at hbm.i64[0, 0x0 : 1] * 768 limit 1000 = add(sbuf.f32[0, 0x0 : 1, 1])"];
}

#endif
