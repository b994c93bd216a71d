package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.predict.Generator;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Times a decoder's training steps (P-Tuning v2 on pairs of source and target) and its generation
 * (greedy, with the pack that was trained), through the library's public API; the counterpart of
 * {@code peer/peft_decoder.py}. Prints one line of JSON.
 *
 * <p>Arguments: {@code FOLDER train|generate tiny|0.6b|2b fp32|bf16 [batch] [source] [target]
 * [prefix] [runs]}, lengths in tokens. The folder keeps models between runs, and {@code generate}
 * needs the pack that {@code train} of the same shape left in it. With the system property {@code
 * checkpoint-layers} layers are computed twice instead of kept.
 */
public final class DecoderBenchmark {

  private static final int WARM_UP = 1;
  private static final String CHECKPOINT_LAYERS = "checkpoint-layers";

  private DecoderBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    DecoderShape shape = DecoderShape.parse(args[2]);
    Path folder = Path.of(args[0], "decoder-" + shape.label());
    Precision precision = Precision.parse(args[3]);
    int batch = number(args, 4, 8);
    int source = number(args, 5, 64);
    int target = number(args, 6, 64);
    int prefix = number(args, 7, 20);
    int runs = number(args, 8, 4);
    Path model = folder.resolve("model");
    if (!Files.exists(model.resolve("model.safetensors"))) {
      shape.write(model);
    }
    boolean training = args[1].equals("train");
    Rows rows = new Rows(shape.vocabulary(), batch, source, target);
    List<Double> seconds =
        training
            ? trainingSteps(folder, rows, precision, prefix, runs)
            : generations(folder, rows, precision, runs);
    int tokens = batch * (training ? source + target : target);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", args[1]);
    line.put("shape", shape.label());
    line.put("precision", precision.label());
    line.put("batch", batch);
    line.put("source", source);
    line.put("target", target);
    line.put("prefix", prefix);
    line.put(CHECKPOINT_LAYERS, Boolean.getBoolean(CHECKPOINT_LAYERS));
    line.put("best", Collections.min(seconds));
    line.put("median", StepBenchmark.median(seconds));
    line.put("tokens_per_second", Math.round(tokens / StepBenchmark.median(seconds)));
    line.put("peak_mb", Machine.peakMemoryBytes() / 1_000_000);
    System.out.println(new ObjectMapper().writeValueAsString(line));
  }

  private static int number(String[] args, int at, int byDefault) {
    return args.length > at ? Integer.parseInt(args[at]) : byDefault;
  }

  /** Pairs of made-up texts whose rows, with the token that ends them, have given lengths. */
  private record Rows(int vocabulary, int batch, int source, int target) {

    /** A source with the token that begins texts. */
    String source(SplittableRandom random) {
      return SyntheticModel.sentence(random, vocabulary, source + 1);
    }

    /** A target less the token that ends it. */
    String target(SplittableRandom random) {
      return SyntheticModel.sentence(random, vocabulary, target + 1);
    }

    Path write(Path file, int count) throws IOException {
      SplittableRandom random = new SplittableRandom(7);
      StringBuilder lines = new StringBuilder();
      for (int row = 0; row < count; row++) {
        lines
            .append("{\"source\": \"")
            .append(source(random))
            .append("\", \"target\": \"")
            .append(target(random))
            .append("\"}\n");
      }
      return Files.writeString(file, lines, StandardCharsets.UTF_8);
    }
  }

  private static List<Double> trainingSteps(
      Path folder, Rows rows, Precision precision, int prefix, int runs) throws IOException {
    Path data = rows.write(folder.resolve("train.jsonl"), rows.batch() * (runs + WARM_UP));
    Path dev = rows.write(folder.resolve("dev.jsonl"), 1);
    StepClock clock = new StepClock();
    TrainingConfig config =
        TrainingConfig.builder()
            .method(PTuningV2.asPublished(prefix))
            .epochs(1)
            .batching(new FixedBatches(rows.batch()))
            .dropout(Optional.of(0.0))
            .maxLength(rows.source() + rows.target() + 2)
            .precision(precision)
            .checkpointLayers(Boolean.getBoolean(CHECKPOINT_LAYERS))
            .build();
    new Training(folder.resolve("model"), GenerationTask.standard(), config)
        .run(TrainingData.of(data, dev), StepBenchmark.emptied(folder.resolve("last-run")), clock);
    return clock.seconds().subList(WARM_UP, clock.seconds().size());
  }

  private static List<Double> generations(Path folder, Rows rows, Precision precision, int runs)
      throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < rows.batch(); i++) {
      requests.add(Request.of("task", rows.source(random)));
    }
    GenerationSettings settings = GenerationSettings.greedy().withMaxNewTokens(rows.target());
    List<Double> seconds = new ArrayList<>();
    try (Generator generator = Generator.open(folder.resolve("model"), precision)) {
      generator.add("task", folder.resolve("last-run/pack"));
      for (int run = 0; run < runs + WARM_UP; run++) {
        long start = System.nanoTime();
        generator
            .generate(requests, settings, TextListener.NONE)
            .forEach(each -> each.orElseThrow());
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return seconds.subList(WARM_UP, seconds.size());
  }
}
