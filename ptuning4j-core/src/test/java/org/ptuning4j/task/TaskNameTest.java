package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;

/** Names of tasks are names of folders and of columns, too. */
class TaskNameTest {

  @ParameterizedTest
  @CsvSource({
    "mood, mood",
    "My_task-2, My_task-2",
    "film reviews, film-reviews",
    "a  (b), a-b",
    "' title ', title",
    "{x} of {y}, x-of-y",
    "-dashes--within-, dashes--within",
    "影评, task",
    "'', task",
    "---, task",
  })
  void anyTextHasANameNearIt(String text, String name) {
    assertThat(TaskName.near(text)).isEqualTo(name);
    assertThat(TaskName.isOne(TaskName.near(text))).isTrue();
  }

  @Test
  void otherCharactersAreRefused() {
    assertThatThrownBy(() -> TaskName.require("a b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task name 'a b' may have letters, digits, - and _ only");
    assertThat(TaskName.isOne("")).isFalse();
    assertThat(TaskName.isOne("a/b")).isFalse();
  }
}
