package org.ptuning4j.tensor.engine;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;

/**
 * How fast this machine multiplies matrices: the limit that every forward pass runs against. The
 * shape is that of a feed-forward layer of BERT-base over 16 texts of 128 tokens.
 *
 * @param precision of the factors
 * @param rows of the first factor
 * @param inner columns of the first and rows of the second
 * @param columns of the second factor
 * @param gigaflops 10⁹ multiplications and additions per second, at the best of some repetitions
 */
public record MatmulSpeed(Precision precision, int rows, int inner, int columns, double gigaflops) {

  private static final int ROWS = 2048;
  private static final int INNER = 768;
  private static final int COLUMNS = 3072;
  private static final long ENOUGH_NANOS = 400_000_000L;
  private static final int LEAST_REPETITIONS = 4;

  /**
   * Measures for about half a second.
   *
   * @param engine says on which device and with which kernels, in its own precision
   */
  public static MatmulSpeed measure(Engine engine) {
    Dtype dtype = engine.precision().dtype();
    double seconds = Scope.run(() -> bestSeconds(engine, dtype));
    double operations = 2.0 * ROWS * INNER * COLUMNS;
    return new MatmulSpeed(engine.precision(), ROWS, INNER, COLUMNS, operations / seconds / 1e9);
  }

  private static double bestSeconds(Engine engine, Dtype dtype) {
    Tensor x = engine.place(torch.randn(ROWS, INNER), dtype);
    Tensor weight = engine.place(torch.randn(COLUMNS, INNER), dtype);
    Tensor bias = engine.place(torch.randn(COLUMNS), dtype);
    long begin = System.nanoTime();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < LEAST_REPETITIONS || System.nanoTime() - begin < ENOUGH_NANOS; i++) {
      long start = System.nanoTime();
      Scope.run(() -> multiply(engine, x, weight, bias));
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }

  private static void multiply(Engine engine, Tensor x, Tensor weight, Tensor bias) {
    Tensor product = Autograd.inference(() -> engine.linear(x, weight, bias));
    if (product.is_cuda()) {
      // A GPU works on while Java goes on: reading one value back waits for it.
      product.select(0, 0).select(0, 0).to(new Device("cpu"), product.scalar_type());
    }
  }
}
