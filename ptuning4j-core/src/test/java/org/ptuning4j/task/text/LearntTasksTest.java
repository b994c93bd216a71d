package org.ptuning4j.task.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;

/** What tasks take from training data, and what they know already. */
class LearntTasksTest {

  @Test
  void aScaleHasTheMeanAndTheDeviationOfItsValues() {
    RegressionTask.Scale scale = RegressionTask.Scale.of(new double[] {1, 2, 3, 6});
    assertThat(scale.mean()).isCloseTo(3, within(1e-12));
    assertThat(scale.deviation()).isCloseTo(Math.sqrt(3.5), within(1e-12));
    assertThat(RegressionTask.Scale.of(new double[] {0.1, 0.1, 0.1}))
        .extracting(RegressionTask.Scale::deviation)
        .isEqualTo(1.0);
  }

  @Test
  void labelsThatAreGivenStay(@TempDir Path folder) throws IOException {
    MultiLabelTask task =
        (MultiLabelTask)
            TaskKinds.standard()
                .read(
                    Map.of(
                        "kind",
                        "multi-label",
                        "name",
                        "topics",
                        "text",
                        "t",
                        "label_column",
                        "l",
                        "labels",
                        List.of("x", "y", "z")));
    Path file = Files.writeString(folder.resolve("t.jsonl"), "{\"t\":\"a\",\"l\":[\"x\"]}\n");
    assertThat(task.learnt(task.read(InputFile.of(file)))).isEqualTo(task);
  }

  /** An empty list says that none applies; nothing at all says nothing. */
  @Test
  void aRowWithoutTheColumnOfLabelsIsBad(@TempDir Path folder) throws IOException {
    Task<?> task =
        TaskKinds.standard()
            .read(
                Map.of(
                    "kind",
                    "multi-label",
                    "name",
                    "topics",
                    "text",
                    "t",
                    "label_column",
                    "l",
                    "labels",
                    List.of("x", "y")));
    Path file =
        Files.writeString(
            folder.resolve("some.jsonl"),
            """
            {"t":"a","l":["x"]}
            {"t":"b"}
            {"t":"c","l":null}
            {"t":"d","l":[]}
            {"t":"e","l":""}
            """);
    Examples<?> read = task.read(InputFile.of(file));
    assertThat(read.examples()).extracting(Example::line).containsExactly(1, 4, 5);
    assertThat(read.badRows()).extracting(row -> row.source().line()).containsExactly(2, 3);
    assertThat(read.badRows().get(0).cause()).contains("label column 'l' is missing", "write []");
  }
}
