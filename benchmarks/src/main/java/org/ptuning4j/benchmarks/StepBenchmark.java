package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Times one training step and one inference batch, of P-Tuning v2 over a BERT unless said
 * otherwise, through the library's public API, tokenising included; the counterpart of {@code
 * peer/peft_step.py}. Prints one line of JSON.
 *
 * <p>Arguments: {@code FOLDER train|infer fp32|bf16 [batch] [length] [prefix] [dropout] [runs]
 * [family] [layers] [p-tuning-v2|prompt-tuning|full-fine-tuning]}; the folder keeps models between
 * runs, and {@code infer} needs the pack that {@code train} of the same model left in it. With the
 * system property {@code checkpoint-layers} layers are computed twice instead of kept.
 */
public final class StepBenchmark {

  private static final int WARM_UP = 2;
  private static final String CHECKPOINT_LAYERS = "checkpoint-layers";

  private StepBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    SyntheticFamily family = SyntheticFamily.parse(text(args, 8, SyntheticFamily.BERT.label()));
    Shape shape = Shape.base(family, number(args, 9, Shape.BERT_BASE.layers()));
    Path folder = Path.of(args[0], family.label() + "-" + shape.layers());
    boolean training = args[1].equals("train");
    Precision precision = Precision.parse(args[2]);
    int batch = number(args, 3, 16);
    int length = number(args, 4, 128);
    int prefix = number(args, 5, 20);
    double dropout = args.length > 6 ? Double.parseDouble(args[6]) : 0;
    int runs = number(args, 7, 8);
    String method = text(args, 10, PTuningV2.NAME);
    Path model = folder.resolve("model");
    if (!Files.exists(model.resolve("model.safetensors"))) {
      SyntheticModel.write(model, shape);
    }
    List<Double> seconds =
        training
            ? trainingSteps(
                folder, precision, batch, length, method(method, prefix, dropout), dropout, runs)
            : inferences(folder, precision, batch, length, runs);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", args[1]);
    line.put("family", family.label());
    line.put("layers", shape.layers());
    line.put("method", method);
    line.put("precision", precision.label());
    line.put("batch", batch);
    line.put("length", length);
    line.put("prefix", prefix);
    line.put("dropout", dropout);
    line.put(CHECKPOINT_LAYERS, Boolean.getBoolean(CHECKPOINT_LAYERS));
    line.put("best", Collections.min(seconds));
    line.put("median", median(seconds));
    line.put("tokens_per_second", Math.round(batch * (double) length / median(seconds)));
    line.put("peak_mb", Machine.peakMemoryBytes() / 1_000_000);
    System.out.println(new ObjectMapper().writeValueAsString(line));
  }

  private static PromptMethod method(String name, int length, double dropout) {
    PTuningV2 usual = PTuningV2.asPublished(length);
    return switch (name) {
      case PTuningV2.NAME ->
          new PTuningV2(
              length,
              usual.layers(),
              Optional.empty(),
              dropout,
              usual.positions(),
              usual.initialisation(),
              usual.attention());
      case PromptTuning.NAME -> PromptTuning.ofLength(length);
      case FullFineTuning.NAME -> new FullFineTuning();
      default -> throw new IllegalArgumentException("no method '" + name + "'");
    };
  }

  private static String text(String[] args, int at, String byDefault) {
    return args.length > at ? args[at] : byDefault;
  }

  private static int number(String[] args, int at, int byDefault) {
    return args.length > at ? Integer.parseInt(args[at]) : byDefault;
  }

  private static List<Double> trainingSteps(
      Path folder,
      Precision precision,
      int batch,
      int length,
      PromptMethod method,
      double dropout,
      int runs)
      throws IOException {
    Path data = folder.resolve("train-" + batch + "-" + length + ".jsonl");
    SyntheticModel.writeData(data, Shape.BERT_BASE, batch * (runs + WARM_UP), length);
    Path dev = folder.resolve("dev.jsonl");
    SyntheticModel.writeData(dev, Shape.BERT_BASE, 2, length);
    StepClock clock = new StepClock();
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .epochs(1)
            .batching(new FixedBatches(batch))
            .dropout(Optional.of(dropout))
            .maxLength(length)
            .precision(precision)
            .checkpointLayers(Boolean.getBoolean(CHECKPOINT_LAYERS))
            .build();
    new Training(folder.resolve("model"), task(), config)
        .run(TrainingData.of(data, dev), emptied(folder.resolve("last-run")), clock);
    return clock.seconds().subList(WARM_UP, clock.seconds().size());
  }

  private static List<Double> inferences(
      Path folder, Precision precision, int batch, int length, int runs) throws IOException {
    Path pack = folder.resolve("last-run");
    List<Double> seconds = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      requests.add(
          Request.of(
              "task", SyntheticModel.sentence(random, Shape.BERT_BASE.vocabulary(), length)));
    }
    try (Predictor predictor = Predictor.open(folder.resolve("model"), precision)) {
      predictor.add("task", pack.resolve("pack"));
      for (int run = 0; run < runs + WARM_UP; run++) {
        long start = System.nanoTime();
        predictor.answer(requests).forEach(each -> each.orElseThrow());
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return seconds.subList(WARM_UP, seconds.size());
  }

  /** A run's folder, without the run that it held. */
  static Path emptied(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return folder;
  }

  private static SequenceClassificationTask task() {
    return SequenceClassificationTask.onText("synthetic", Template.parse("{text}"), "label");
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
