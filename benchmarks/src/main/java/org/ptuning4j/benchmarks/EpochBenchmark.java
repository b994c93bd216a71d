package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * One epoch of P-Tuning v2 on SST-2 with its real lengths, the counterpart of {@code
 * peer/peft_train.py}: the same rows, batch size and prompt length. Prints one line of JSON.
 *
 * <p>Arguments: {@code MODEL train.tsv dev.tsv fp32|bf16 rows}; the rows are the first of the file.
 */
public final class EpochBenchmark {

  private EpochBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("ptuning4j-epoch");
    Path train = folder.resolve("train.tsv");
    try (Stream<String> lines = Files.lines(Path.of(args[1]), StandardCharsets.UTF_8)) {
      List<String> first = lines.limit(Long.parseLong(args[4]) + 1).toList();
      Files.write(train, first, StandardCharsets.UTF_8);
    }
    TrainingConfig config =
        TrainingConfig.builder()
            .method(PTuningV2.ofLength(20))
            .epochs(1)
            .learningRate(1e-2)
            .batching(new FixedBatches(32))
            .maxLength(128)
            .precision(Precision.parse(args[3]))
            .build();
    TrainingResult result =
        new Training(
                Path.of(args[0]),
                (SequenceClassificationTask) Tasks.standard().get("sst-2"),
                config)
            .run(
                TrainingData.of(train, Path.of(args[2])),
                folder.resolve("run"),
                TrainingListener.silent());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("precision", result.precision());
    line.put("train_s", result.trainSeconds());
    line.put("dev", result.best().get("accuracy"));
    line.put("peak_mb", result.peakMemoryBytes() / 1_000_000);
    System.out.println(new ObjectMapper().writeValueAsString(line));
  }
}
