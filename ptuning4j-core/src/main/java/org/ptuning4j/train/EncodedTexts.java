package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.text.Encoding;

/**
 * Texts as token ids, with a label each.
 *
 * @param encodings the tokens of each row
 * @param labels the index of each row's label
 * @param padId what fills shorter rows
 */
@SuppressWarnings("ArrayRecordComponent") // as large as the data, and never compared
record EncodedTexts(List<Encoding> encodings, int[] labels, int padId) {

  int size() {
    return encodings.size();
  }

  int[] lengths() {
    return encodings.stream().mapToInt(Encoding::length).toArray();
  }

  TokenBatch batch(int[] rows) {
    List<int[]> ids = new ArrayList<>();
    List<int[]> types = new ArrayList<>();
    for (int row : rows) {
      ids.add(encodings.get(row).ids());
      types.add(encodings.get(row).typeIds());
    }
    return TokenBatch.of(ids, types, padId);
  }

  long[] labels(int[] rows) {
    return Arrays.stream(rows).mapToLong(row -> labels[row]).toArray();
  }
}
