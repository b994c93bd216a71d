package org.ptuning4j.tensor.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;

/**
 * Times the rule's kernels against the others, and notices when other work took part: then it has
 * no result. A second at most.
 *
 * <p>Two signs of a disturbance. A product that is known to run on all threads got less processor
 * time than threads × wall time. Or the series, in which both kernels run in turn, do not agree.
 */
final class KernelTrial {

  /** The other kernel has to win by this factor, in every series, to replace the rule's. */
  static final double CLEARLY = 1.3;

  /** The share of threads × wall time that an undisturbed product gets at least. */
  static final double UNDISTURBED = 0.85;

  /** How far the series may lie apart, the largest gain over the smallest. */
  static final double AGREEMENT = 1.5;

  private static final int SERIES = 5;
  private static final int RUNS = 3;

  /** The product that shows whether the machine is free: 16 texts of 128 tokens, BERT-base. */
  private static final int ROWS = 2048;

  private static final int WIDTH = 768;

  /** Long against the steps in which systems count processor time (10 ms on Linux). */
  private static final double PROBE_SECONDS = 0.06;

  private final String device;
  private final Dtype dtype;
  private double probeWall;
  private double probeProcessor;

  private KernelTrial(String device, Dtype dtype) {
    this.device = device;
    this.dtype = dtype;
  }

  /**
   * What the trial says.
   *
   * @param plan the rule's plan with the kernels replaced that clearly lost
   * @param gains how much faster the rule's kernel was, by what it is for
   */
  record Outcome(KernelPlan plan, Map<String, Double> gains) {}

  /** Tries; empty if other work disturbed it. */
  static Optional<Outcome> run(KernelPlan rule, String device, Dtype dtype) {
    return Scope.run(() -> new KernelTrial(device, dtype).tried(rule));
  }

  private Optional<Outcome> tried(KernelPlan rule) {
    probe();
    if (!undisturbed(probeProcessor, probeWall, Torch.threads())) {
      return Optional.empty(); // a busy machine costs a start no more than this
    }
    Map<String, Double> gains = new LinkedHashMap<>();
    Attention[] chosen = new Attention[2];
    for (boolean training : new boolean[] {true, false}) {
      Attention ruled = training ? rule.trainingAttention() : rule.inferenceAttention();
      Attention other = ruled == Attention.FUSED ? Attention.MATMUL : Attention.FUSED;
      double[] series = series(ruled, other, training);
      if (!agree(series) || !undisturbed(probeProcessor, probeWall, Torch.threads())) {
        return Optional.empty();
      }
      chosen[training ? 0 : 1] = loses(series) ? other : ruled;
      gains.put(training ? "training attention" : "inference attention", median(series));
    }
    return Optional.of(new Outcome(new KernelPlan(rule.linear(), chosen[0], chosen[1]), gains));
  }

  /** Whether a product that can use all threads had them to itself. */
  static boolean undisturbed(double processorSeconds, double wallSeconds, int threads) {
    // Where the system does not tell, the series alone decide.
    return Double.isNaN(processorSeconds)
        || processorSeconds >= UNDISTURBED * threads * wallSeconds;
  }

  /** Whether repeated series say the same. */
  static boolean agree(double[] gains) {
    return Arrays.stream(gains).max().orElseThrow()
        <= AGREEMENT * Arrays.stream(gains).min().orElseThrow();
  }

  /** Whether the rule's kernel lost clearly in every series. */
  static boolean loses(double[] gains) {
    return Arrays.stream(gains).max().orElseThrow() < 1 / CLEARLY;
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }

  /** The time of the other kernel over that of the rule's, once for each series. */
  private double[] series(Attention ruled, Attention other, boolean training) {
    Tensor query = random(4, 12, 128, 64).set_requires_grad(training);
    Tensor key = random(4, 12, 148, 64).set_requires_grad(training);
    Tensor value = random(4, 12, 148, 64).set_requires_grad(training);
    Supplier<Tensor> first = () -> attention(ruled, query, key, value);
    Supplier<Tensor> second = () -> attention(other, query, key, value);
    seconds(first); // loads code and fills caches
    double slow = seconds(second);
    double[] gains = new double[SERIES];
    // Kernels that take seconds have lost already, and more runs would only take longer.
    int runs = slow > 0.1 ? 1 : RUNS;
    for (int i = 0; i < SERIES; i++) {
      double ruledBest = Double.POSITIVE_INFINITY;
      double otherBest = Double.POSITIVE_INFINITY;
      for (int run = 0; run < runs; run++) {
        ruledBest = Math.min(ruledBest, seconds(first));
        otherBest = Math.min(otherBest, seconds(second));
      }
      gains[i] = otherBest / ruledBest;
      probe();
    }
    return gains;
  }

  /** Between the series: does a product get all threads? */
  private void probe() {
    if (!device.equals("cpu")) {
      probeProcessor = Double.NaN; // a GPU's time is not the process's
      return;
    }
    Tensor x = random(ROWS, WIDTH);
    Tensor weight = random(WIDTH, WIDTH);
    Tensor bias = random(WIDTH);
    Engine engine = kernels(Attention.MATMUL);
    Scope.run(() -> engine.linear(x, weight, bias));
    Stopwatch watch = new Stopwatch();
    do {
      Scope.run(() -> engine.linear(x, weight, bias));
    } while (watch.wallSeconds() < PROBE_SECONDS);
    probeProcessor += watch.processorSeconds();
    probeWall += watch.wallSeconds();
  }

  private static Engine kernels(Attention attention) {
    return Engine.withPlan(new KernelPlan(Linear.CONVOLUTION, attention, attention));
  }

  private static Tensor attention(Attention kernel, Tensor query, Tensor key, Tensor value) {
    return kernels(kernel).attention(query, key, value, Optional.empty(), 0.125, Dropout.off(), 0);
  }

  /** One run, with the backward pass where a gradient flows. */
  private static double seconds(Supplier<Tensor> operation) {
    long start = System.nanoTime();
    Scope.run(
        () -> {
          Tensor result = operation.get();
          if (result.requires_grad()) {
            result.backward(
                torch.ones_like(result),
                new BoolOptional(false),
                false,
                new TensorArrayRefOptional());
          }
          if (result.is_cuda()) {
            result.select(0, 0).sum().item_double(); // waits for the device
          }
        });
    return (System.nanoTime() - start) / 1e9;
  }

  private Tensor random(long... shape) {
    return torch.randn(shape).to(new Device(device), dtype.scalarType());
  }
}
