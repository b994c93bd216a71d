package org.ptuning4j.study.run;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;

/** The process that {@link CellProcessesTest} has its cells trained in. */
public final class CellProcessMain {

  private CellProcessMain() {}

  /** The run of both processes. */
  static StudyRun run(Path train, Path dev) {
    return StudyRun.of(
        TinyModel.bert(),
        TinyModel.task(),
        TrainingData.of(train, dev),
        TrainingConfig.builder()
            .method(PTuningV2.asPublished(4))
            .epochs(2)
            .batching(new FixedBatches(8))
            .precision(Precision.FP32)
            .build());
  }

  private static StudyRun run(String[] args) {
    StudyRun run = run(Path.of(args[0]), Path.of(args[1]));
    return args[2].equals("other-seed")
        ? StudyRun.of(
            run.model(), run.task(), run.data(), run.config().toBuilder().seed(99).build())
        : run;
  }

  /**
   * Trains the run of two files.
   *
   * @param args the files, and what else happens: {@code noise} prints something that is no event,
   *     {@code halt} ends the process before it has begun, {@code other-seed} is another run
   */
  public static void main(String[] args) {
    if (args[2].equals("noise")) {
      System.out.println("a library says something");
      System.out.println("{\"and\": \"in JSON\"}");
    }
    if (args[2].equals("halt")) {
      Runtime.getRuntime().halt(3);
    }
    new CellProcess(System.in, new java.io.PrintStream(System.out, false, StandardCharsets.UTF_8))
        .train(new LocalCells(), run(args));
  }
}
