package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Epochs of training on real texts with their real lengths, the counterpart of {@code
 * peer/peft_train.py} (SST-2) and {@code peer/peft_ner.py} (CoNLL-2004): the same rows, batch size
 * and prompt length. Prints one line of JSON; {@code first_s} and {@code next_s} are the first
 * epoch and the quickest of the others, with what is computed once among the first.
 *
 * <p>Arguments: {@code MODEL TRAIN DEV fp32|bf16 ROWS [all|top:K|head] [DROPOUT] [EPOCHS]}; the
 * rows are the first of the file, 0 for all. TRAIN is SST-2 as TSV or CoNLL-2004 as JSON.
 */
public final class EpochBenchmark {

  private EpochBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("ptuning4j-epoch");
    boolean entities = args[1].endsWith(".json");
    Path train = Path.of(args[1]);
    long rows = Long.parseLong(args[4]);
    if (rows > 0) {
      train = folder.resolve("train.tsv");
      try (Stream<String> lines = Files.lines(Path.of(args[1]), StandardCharsets.UTF_8)) {
        Files.write(train, lines.limit(rows + 1).toList(), StandardCharsets.UTF_8);
      }
    }
    String what = args.length > 5 ? args[5] : "all";
    double dropout = args.length > 6 ? Double.parseDouble(args[6]) : 0.1;
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method(what, entities ? 32 : 20, dropout))
            .epochs(args.length > 7 ? Integer.parseInt(args[7]) : 1)
            .learningRate(1e-2)
            .batching(new FixedBatches(entities ? 16 : 32))
            .dropout(Optional.of(dropout))
            .maxLength(entities ? 256 : 128)
            .tagHead(Optional.of(TagHead.SOFTMAX)) // as PEFT's
            .precision(Precision.parse(args[3]))
            .build();
    Task<?> task = Tasks.standard().get(entities ? "conll04" : "sst-2");
    List<Double> ends = new ArrayList<>();
    TrainingResult result =
        new Training(Path.of(args[0]), task, config)
            .run(
                TrainingData.of(train, Path.of(args[2])),
                folder.resolve("run"),
                new TrainingListener() {
                  @Override
                  public void evaluated(Evaluated evaluation) {
                    ends.add(evaluation.seconds());
                  }
                });
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", what);
    line.put("precision", result.precision());
    line.put("first_s", ends.get(0));
    line.put("next_s", next(ends));
    line.put("train_s", result.trainSeconds());
    line.put("dev", result.best());
    line.put("peak_mb", result.peakMemoryBytes() / 1_000_000);
    System.out.println(new ObjectMapper().writeValueAsString(line));
  }

  private static PromptMethod method(String what, int length, double dropout) {
    PTuningV2 usual = PTuningV2.asPublished(length);
    return what.equals("head")
        ? new HeadOnly()
        : new PTuningV2(
            length,
            new LayerRange(what.toLowerCase(Locale.ROOT)),
            Optional.empty(),
            dropout,
            usual.positions(),
            NormalInitialisation.NORMAL);
  }

  /** The quickest epoch after the first; the first where it is the only one. */
  private static double next(List<Double> ends) {
    double quickest = ends.size() == 1 ? ends.get(0) : Double.POSITIVE_INFINITY;
    for (int epoch = 1; epoch < ends.size(); epoch++) {
      quickest = Math.min(quickest, ends.get(epoch) - ends.get(epoch - 1));
    }
    return quickest;
  }
}
