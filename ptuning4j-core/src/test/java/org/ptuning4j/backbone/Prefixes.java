package org.ptuning4j.backbone;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Tensors;

/** Deep prefixes made by hand, for tests of what a backbone does with them. */
final class Prefixes {

  private Prefixes() {}

  /** The matrix {@code [P, L·2·K·d]}, the same for every row; its graph is kept. */
  static Map<Integer, LayerPrefix> ofMatrix(Tensor matrix, BackboneSpec spec, int rows) {
    long length = matrix.size(0);
    Tensor perLayer =
        matrix
            .view(length, 2L * spec.layers(), spec.keyValueHeads(), spec.headSize())
            .permute(1, 2, 0, 3)
            .unsqueeze(1)
            .expand(
                2L * spec.layers(),
                rows,
                spec.keyValueHeads(),
                length,
                spec.headSize()); // [2L, B, K, P, d]
    List<Tensor> parts = Tensors.list(perLayer.unbind(0));
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      prefixes.put(layer, LayerPrefix.of(parts.get(2 * layer), parts.get(2 * layer + 1)));
    }
    return prefixes;
  }

  /** How far the case's convention moves the text. */
  static Optional<int[]> shift(String convention, int rows, long length) {
    int[] shifts = new int[rows];
    Arrays.fill(shifts, convention.equals("shifted") ? Math.toIntExact(length) : 0);
    return Optional.of(shifts);
  }

  /** The same rows, each with the soft tokens 0 … P−1 before it, padding on the left after them. */
  static TokenBatch softTokensBefore(TokenBatch words, int length) {
    int columns = words.columns() + length;
    int size = words.rows() * columns;
    long[] ids = new long[size];
    long[] mask = new long[size];
    long[] types = new long[size];
    int[] slots = new int[size];
    for (int at = 0; at < size; at++) {
      int column = at % columns;
      boolean soft = column < length;
      int word = at / columns * words.columns() + column - length;
      ids[at] = soft ? 0 : words.ids()[word];
      mask[at] = soft ? 1 : words.mask()[word];
      types[at] = soft ? 0 : words.typeIds()[word];
      slots[at] = soft ? column : TokenRow.WORD;
    }
    return new TokenBatch(words.rows(), columns, ids, mask, types, slots, new int[words.rows()]);
  }

  /** The vectors of a batch's soft tokens, of the rows of a matrix {@code [P, E]}. */
  static InputVectors softTokens(TokenBatch tokens, Tensor soft) {
    long[] places = tokens.softPlaces();
    long[] slots = Arrays.stream(places).map(at -> tokens.slots()[(int) at]).toArray();
    return new InputVectors(places, soft.index_select(0, Tensors.of(slots, slots.length)));
  }
}
