package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Times the loading of a model of a family's usual size, with random weights in fp32, and says how
 * much memory it takes at its peak beside what is held afterwards. Prints one line of JSON.
 *
 * <p>Arguments: {@code write FOLDER FAMILY}, then, in a process of its own, {@code load FOLDER
 * fp32|bf16 [trained]}. {@code benchmarks/load.sh} does both for each family.
 */
public final class LoadBenchmark {

  private LoadBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("write")) {
      BaseModel.write(Path.of(args[1]), args[2]);
    } else {
      load(Path.of(args[1]), Precision.parse(args[2]), args.length > 3);
    }
  }

  /** What is done once in a process whatever is loaded: libtorch's code, and the JVM's. */
  private static void warmUp() {
    Scope.run(
        () -> {
          Tensor small = torch.randn(64, 64);
          Tensor narrow = small.to(Dtype.BF16.scalarType());
          return Tensors.cat(0, narrow, narrow.contiguous())
              .narrow(0, 1, 2)
              .copy_(small.narrow(0, 1, 2))
              .numel();
        });
  }

  private static void load(Path folder, Precision precision, boolean trained) throws IOException {
    Engine engine = Engine.open(precision);
    ModelFolder model = ModelFolder.open(folder);
    BackboneFamilies families = BackboneFamilies.standard();
    warmUp();
    Machine.resetPeakMemory();
    long before = Machine.peakMemoryBytes();
    long start = System.nanoTime();
    try (Backbone backbone =
        trained ? families.loadTrainable(model, engine) : families.load(model, engine)) {
      double seconds = (System.nanoTime() - start) / 1e9;
      long peak = Machine.peakMemoryBytes() - before;
      long held =
          Scope.run(
              () -> backbone.namedWeights().values().stream().mapToLong(Tensor::nbytes).sum());
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("family", backbone.spec().modelType());
      line.put("precision", precision.label());
      line.put("trained", trained);
      line.put("parameters", backbone.parameterCount());
      line.put("seconds", Math.round(seconds * 100) / 100.0);
      line.put("held_mb", held / 1_000_000);
      line.put("peak_mb", peak / 1_000_000);
      line.put("ratio", String.format(Locale.ROOT, "%.2f", (double) peak / held));
      System.out.println(new ObjectMapper().writeValueAsString(line));
    }
  }
}
