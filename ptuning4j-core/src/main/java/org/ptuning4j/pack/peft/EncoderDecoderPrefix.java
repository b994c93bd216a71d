package org.ptuning4j.pack.peft;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.tensor.Tensors;

/**
 * The prefix of an encoder–decoder as PEFT has it: before the target, in the decoder's layers. Its
 * matrix has a key and a value for each of the decoder's L layers, in 2L blocks. PEFT doubles it
 * and gives each layer four blocks, of which it uses the first two: the layer ℓ has the blocks 4ℓ
 * and 4ℓ+1, modulo 2L. For an even L, half of the blocks are therefore never used, and the others
 * are used by two layers.
 */
final class EncoderDecoderPrefix {

  private EncoderDecoderPrefix() {}

  static boolean isOf(BackboneSpec spec) {
    return spec.direction() == Direction.ENCODER_DECODER;
  }

  /** The decoder's layers as far as they attend to the target, by index from 0. */
  static List<Integer> layers(BackboneSpec spec) {
    int first = spec.readingLayers();
    return IntStream.range(first, first + count(spec)).boxed().toList();
  }

  private static int count(BackboneSpec spec) {
    return (spec.layers() - spec.readingLayers()) / 2;
  }

  /** The blocks that the layers use, two each. */
  private static long[] blocks(BackboneSpec spec) {
    int layers = count(spec);
    return IntStream.range(0, layers)
        .flatMap(layer -> IntStream.of(4 * layer % (2 * layers), 4 * layer % (2 * layers) + 1))
        .asLongStream()
        .toArray();
  }

  /** What the layers use of PEFT's matrix, in their order. */
  static Tensor ofPeft(Tensor matrix, BackboneSpec spec) {
    int width = spec.prefixWidth() / 2;
    long[] blocks = blocks(spec);
    if (matrix.size(1) != (long) blocks.length * width) {
      throw InvalidInputException.of(
          "%s: its rows have %d values, and a decoder of %d layers needs %d",
          PeftAdapter.PROMPT, matrix.size(1), count(spec), (long) blocks.length * width);
    }
    Tensor split = matrix.view(matrix.size(0), blocks.length, width);
    return torch
        .index_select(split, 1, Tensors.of(blocks, blocks.length))
        .reshape(matrix.size(0), matrix.size(1));
  }

  /**
   * PEFT's matrix for a prompt; blocks that it never uses are 0.
   *
   * @throws InvalidInputException if two layers that share blocks there have different ones here
   */
  static Tensor toPeft(DeepPrompt prompt, BackboneSpec spec) {
    int width = spec.prefixWidth() / 2;
    long[] blocks = blocks(spec);
    Tensor own = prompt.matrix().view(prompt.length(), blocks.length, width);
    Tensor theirs = torch.zeros_like(own);
    boolean[] filled = new boolean[blocks.length];
    for (int i = 0; i < blocks.length; i++) {
      int block = Math.toIntExact(blocks[i]);
      Tensor place = theirs.select(1, block);
      if (filled[block] && !place.equal(own.select(1, i))) {
        throw InvalidInputException.of(
            "layers: the prompt has keys and values of its own in each of the decoder's %d layers;"
                + " PEFT gives layer ℓ those of layer 2ℓ modulo %d, so that several layers share"
                + " theirs",
            blocks.length / 2, blocks.length / 2);
      }
      place.copy_(own.select(1, i));
      filled[block] = true;
    }
    return theirs.view(prompt.length(), (long) blocks.length * width);
  }
}
