package org.ptuning4j.train.objective;

import java.nio.ByteBuffer;
import java.util.List;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * The batches of an evaluation that one worker has scored, as bytes: of each batch its loss, and of
 * each of its items how many scores it has, and the scores.
 */
final class ScoredBatches {

  private ScoredBatches() {}

  /**
   * Fills in what the other workers have found.
   *
   * @param batches of all workers, as indices of items
   * @param losses of each batch; this worker's own are there
   * @param scores of each item; those of this worker's batches are there
   */
  static void exchange(
      GradientExchange exchange, List<int[]> batches, double[] losses, float[][] scores) {
    List<byte[]> all =
        exchange.gather(bytes(exchange.share(batches.size()), batches, losses, scores));
    for (byte[] bytes : all) {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      while (from.hasRemaining()) {
        int batch = from.getInt();
        losses[batch] = from.getDouble();
        for (int item : batches.get(batch)) {
          float[] values = new float[from.getInt()];
          from.asFloatBuffer().get(values);
          from.position(from.position() + values.length * Float.BYTES);
          scores[item] = values;
        }
      }
    }
  }

  private static byte[] bytes(int[] own, List<int[]> batches, double[] losses, float[][] scores) {
    int size = 0;
    for (int batch : own) {
      size += Integer.BYTES + Double.BYTES;
      for (int item : batches.get(batch)) {
        size += Integer.BYTES + scores[item].length * Float.BYTES;
      }
    }
    ByteBuffer to = ByteBuffer.allocate(size);
    for (int batch : own) {
      to.putInt(batch).putDouble(losses[batch]);
      for (int item : batches.get(batch)) {
        to.putInt(scores[item].length);
        to.asFloatBuffer().put(scores[item]);
        to.position(to.position() + scores[item].length * Float.BYTES);
      }
    }
    return to.array();
  }
}
