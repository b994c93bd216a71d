package org.ptuning4j.tensor.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
import org.ptuning4j.tensor.file.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses kernels by timing them once per machine, device, type and thread count (a fraction of a
 * second), and remembers the answer in {@code kernels.json} of the cache folder, so that later runs
 * start at once and repeat each other to the bit.
 */
final class KernelPlanner {

  private static final Logger LOG = LoggerFactory.getLogger(KernelPlanner.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A kernel has to win by this factor to replace the plain one: less is noise. */
  private static final double CLEARLY = 1.15;

  /** Runs of each kernel; the first of them also load code and fill caches. */
  private static final int RUNS = 7;

  private static final int FEWEST_RUNS = 3;

  /** Nanoseconds after which a comparison ends even so. */
  private static final long ENOUGH = 300_000_000;

  private KernelPlanner() {}

  static KernelPlan plan(Machine machine, String device, Dtype dtype) {
    String key =
        String.join(
            "|",
            machine.cpu(),
            device,
            dtype.name(),
            Torch.threads() + " threads",
            Torch.version());
    Path file = Torch.cacheFolder().resolve("kernels.json");
    Map<String, KernelPlan> known = read(file);
    KernelPlan plan = known.get(key);
    if (plan == null) {
      plan = measure(device, dtype);
      LOG.debug("Kernels for {}: {}", key, plan.describe());
      known.put(key, plan);
      write(file, known);
    }
    return plan;
  }

  private static Map<String, KernelPlan> read(Path file) {
    try {
      if (Files.exists(file)) {
        return JSON.readValue(
            file.toFile(),
            JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, KernelPlan.class));
      }
    } catch (IOException e) {
      LOG.debug("{} is made anew: {}", file, e.getMessage());
    }
    return new TreeMap<>();
  }

  private static void write(Path file, Map<String, KernelPlan> plans) {
    try {
      Files.createDirectories(file.getParent());
      byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(plans);
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is not kept: {}", file, e.getMessage());
    }
  }

  private static KernelPlan measure(String device, Dtype dtype) {
    return Scope.run(
        () ->
            new KernelPlan(
                fasterLinear(device, dtype),
                fasterAttention(device, dtype, true),
                fasterAttention(device, dtype, false)));
  }

  private static Linear fasterLinear(String device, Dtype dtype) {
    if (!device.equals("cpu") || dtype != Dtype.F32) {
      return Linear.MATMUL;
    }
    Tensor x = random(device, dtype, 1024, 768).set_requires_grad(true);
    Tensor weight = random(device, dtype, 768, 768);
    Tensor bias = random(device, dtype, 768);
    boolean convolution =
        clearlyFaster(
            () -> kernel(Linear.CONVOLUTION).linear(x, weight, bias),
            () -> kernel(Linear.MATMUL).linear(x, weight, bias));
    return convolution ? Linear.CONVOLUTION : Linear.MATMUL;
  }

  private static Engine kernel(Linear linear) {
    return Engine.withPlan(new KernelPlan(linear, Attention.MATMUL, Attention.MATMUL));
  }

  private static Attention fasterAttention(String device, Dtype dtype, boolean training) {
    Tensor query = random(device, dtype, 4, 12, 128, 64).set_requires_grad(training);
    Tensor key = random(device, dtype, 4, 12, 148, 64).set_requires_grad(training);
    Tensor value = random(device, dtype, 4, 12, 148, 64).set_requires_grad(training);
    boolean fused =
        clearlyFaster(
            () -> attention(Attention.FUSED, query, key, value),
            () -> attention(Attention.MATMUL, query, key, value));
    return fused ? Attention.FUSED : Attention.MATMUL;
  }

  private static Tensor attention(Attention kernel, Tensor query, Tensor key, Tensor value) {
    return Engine.withPlan(new KernelPlan(Linear.MATMUL, kernel, kernel))
        .attention(query, key, value, Optional.empty(), 0.125, Dropout.off(), 0);
  }

  /** Times both in turn, so that a busy moment hits both, and compares the fastest run of each. */
  private static boolean clearlyFaster(Supplier<Tensor> candidate, Supplier<Tensor> plain) {
    double candidateBest = Double.POSITIVE_INFINITY;
    double plainBest = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    for (int i = 0; i < RUNS && (i < FEWEST_RUNS || System.nanoTime() - start < ENOUGH); i++) {
      candidateBest = Math.min(candidateBest, seconds(candidate));
      plainBest = Math.min(plainBest, seconds(plain));
    }
    return plainBest > CLEARLY * candidateBest;
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

  private static Tensor random(String device, Dtype dtype, long... shape) {
    return torch.randn(shape).to(new Device(device), dtype.scalarType());
  }
}
