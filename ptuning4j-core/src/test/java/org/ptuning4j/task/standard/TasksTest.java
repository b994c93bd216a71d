package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

class TasksTest {

  private final Tasks tasks = Tasks.standard();

  @Test
  void standardTasksAreThere() {
    assertThat(tasks.names())
        .startsWith("rte", "cb", "boolq", "copa")
        .contains("copa", "multirc", "record", "wic", "wic-marked", "wsc", "wsc-marked")
        .contains("axb", "axg")
        .doesNotHaveDuplicates();
    for (String sentences : List.of("rte", "cb", "boolq", "sst2", "copa", "wic", "wsc", "axg")) {
      assertThat(tasks.get(sentences).primaryMetric()).isEqualTo("accuracy");
      assertThat(tasks.get(sentences).truncation().maxLength()).isEqualTo(128);
    }
    SequenceClassificationTask boolq = (SequenceClassificationTask) tasks.get("boolq");
    assertThat(boolq.truncation().strategy()).isEqualTo(Truncation.Strategy.ONLY_SECOND);
    assertThat(boolq.labelName("true")).isEqualTo("yes");
  }

  @ParameterizedTest
  @CsvSource({"RTE,rte", "BoolQ,boolq", "sst-2,sst2", "SST_2,sst2"})
  void namesMayBeWrittenAsThePapersDo(String written, String name) {
    assertThat(tasks.get(written).name()).isEqualTo(name);
  }

  @Test
  void unknownNameListsTheTasks() {
    assertThatThrownBy(() -> tasks.get("bolq"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("no task 'bolq'; there are: rte, cb, boolq, copa, ")
        .hasMessageEndingWith(
            "; did you mean 'boolq'? (or name the columns: text COL [pair COL] label COL)");
    assertThatThrownBy(() -> tasks.get("translation")).hasMessageNotContaining("did you mean");
  }

  @Test
  void ownTaskIsAddedToACopy() {
    Task<?> own = SequenceClassificationTask.onText("my-mood", Template.column("text"), "label");
    assertThat(tasks.with(own).get("my_mood")).isSameAs(own);
    assertThatThrownBy(() -> tasks.get("my-mood")).isInstanceOf(InvalidInputException.class);
    Task<?> second = SequenceClassificationTask.onText("RTE", Template.column("text"), "label");
    assertThatThrownBy(() -> tasks.with(second))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is a task 'RTE' already");
  }

  /** METHODS.md §2: batch / learning rate / P / epochs. */
  @ParameterizedTest
  @CsvSource({
    "rte,BERT_LARGE,32,1e-2,20,60",
    "rte,ROBERTA_LARGE,32,5e-3,128,100",
    "boolq,BERT_LARGE,32,5e-3,40,100",
    "boolq,ROBERTA_LARGE,32,7e-3,8,100",
    "copa,BERT_LARGE,16,1e-2,16,80",
    "copa,ROBERTA_LARGE,16,9e-3,8,120",
    "wic,ROBERTA_LARGE,32,1e-2,8,50",
    "wsc,BERT_LARGE,16,5e-3,20,80",
    "wsc,ROBERTA_LARGE,16,1e-2,8,10",
  })
  void publishedSettingsAreThoseOfThePaper(
      String task, ModelClass model, int batch, double learningRate, int length, int epochs) {
    Preset preset = tasks.get(task).preset(model).orElseThrow();
    assertThat(preset)
        .isEqualTo(
            new Preset(
                task,
                model,
                batch,
                learningRate,
                length,
                epochs,
                0.1,
                false,
                128,
                preset.source()));
    assertThat(preset.source()).contains("2110.07602");
  }

  @Test
  void tasksWithoutPublishedSettingsHaveNone() {
    for (String name : List.of("cb", "sst2")) {
      for (ModelClass model : ModelClass.values()) {
        assertThat(tasks.get(name).preset(model)).isEmpty();
      }
    }
  }

  @Test
  void modelClassIsToldByFamilyAndSize() {
    assertThat(ModelClass.of("bert", 24, 1024)).contains(ModelClass.BERT_LARGE);
    assertThat(ModelClass.of("roberta", 24, 1024)).contains(ModelClass.ROBERTA_LARGE);
    assertThat(ModelClass.of("bert", 12, 768)).isEmpty();
    assertThat(ModelClass.of("xlm-roberta", 24, 1024)).isEmpty();
    assertThat(ModelClass.ROBERTA_LARGE.key()).isEqualTo("roberta-large");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0.01,20,60,0.1,128,batch is 0.0",
    "32,0,20,60,0.1,128,learningRate is 0.0",
    "32,NaN,20,60,0.1,128,learningRate is NaN",
    "32,0.01,0,60,0.1,128,promptLength is 0.0",
    "32,0.01,20,0,0.1,128,epochs is 0.0",
    "32,0.01,20,60,1,128,dropout is 1.0",
    "32,0.01,20,60,NaN,128,dropout is NaN",
    "32,0.01,20,60,0.1,-1,maxLength is -1.0",
  })
  void presetsAreChecked(
      int batch, double rate, int length, int epochs, double dropout, int max, String message) {
    assertThatThrownBy(
            () ->
                new Preset(
                    "t",
                    ModelClass.BERT_LARGE,
                    batch,
                    rate,
                    length,
                    epochs,
                    dropout,
                    false,
                    max,
                    "here"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
  }
}
