package org.ptuning4j.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;

class TaskDescriptionTest {

  private static List<String> labels(Map<String, Object> definition) {
    Task<?> task = TaskKinds.standard().read(definition);
    return TaskDescription.labels(task).stream().map(label -> label.get("label") + "").toList();
  }

  /** Whatever its kind. */
  @Test
  void whatATaskAnswersWithIsNamed() {
    assertThat(
            labels(Map.of("kind", "entities", "name", "e", "labels", List.of("O", "B-A", "I-A"))))
        .containsExactly("A");
    assertThat(
            labels(
                Map.of(
                    "kind", "multi-label", "name", "m", "text", "t", "labels", List.of("x", "y"))))
        .containsExactly("x", "y");
    assertThat(
            labels(
                Map.of(
                    "kind",
                    "sequence-classification",
                    "name",
                    "s",
                    "text",
                    "t",
                    "labels",
                    List.of("yes", "no"))))
        .containsExactly("yes", "no");
  }
}
