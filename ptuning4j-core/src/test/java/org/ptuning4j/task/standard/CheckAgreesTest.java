package org.ptuning4j.task.standard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataCheck;
import org.ptuning4j.task.check.RunCheck;

/** What is wrong with a file is the same to a check of it and to what training makes of it. */
class CheckAgreesTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // a name in capitals, and one with a letter too much
        "rte|a.csv|premise,hypothesis,Label¶a,b,entailment¶c,d,not_entailment¶"
            + "|has no column 'label' (the label)|did you mean 'Label'?",
        "boolq|a.jsonl|{'question':'q','pasage':'p','label':true}¶"
            + "|has no column 'passage'|did you mean 'pasage'?",
        // numbers for tags, in columns and in JSON
        "conll03|a.conll|Ada 1¶sings 0¶|its tags are numbers, such as '0', '1'|set tag_names",
        "conll03|a.json|[{'tokens':['Ada'],'tags':[1]},{'tokens':['Tarn'],'tags':[5]}]¶"
            + "|its tags are numbers, such as '1', '5'|set tag_names",
        // a file whose answers are all hidden; and one of another task
        "cb|a.jsonl|{'premise':'a','hypothesis':'b','label':-1,'idx':0}¶"
            + "|label column 'label' is -1, which hides the answer|-1",
        "squad1|a.jsonl|{'premise':'a','hypothesis':'b','label':0}¶|no 'context'|no 'context'",
      })
  void whatIsRefusedByOneIsRefusedByTheOther(
      String name, String file, String text, String message, String hint) throws IOException {
    String written = text.replace('¶', '\n');
    written = file.endsWith("csv") ? written : written.replace('\'', '"');
    Path path = Files.writeString(folder.resolve(file), written, UTF_8);
    Task<?> task = Tasks.standard().get(name);
    assertThat(trained(task, path)).contains(message, hint);
    assertThat(checked(task, path)).contains(message, hint);
  }

  @Test
  void whatIsSoundToOneIsSoundToTheOther() throws IOException {
    Path path =
        Files.writeString(
            folder.resolve("eng.train"), "-DOCSTART- -X- O O\n\nAda NNP I-NP I-PER\n", UTF_8);
    Task<?> task = Tasks.standard().get("conll03");
    assertThat(trained(task, path)).isEmpty();
    assertThat(checked(task, path)).isEmpty();
  }

  /** What training refuses; empty where it does not. */
  private static <E extends Example> String trained(Task<E> task, Path path) {
    try {
      task.read(InputFile.of(path)).usable(BadRowPolicy.REFUSE);
      return "";
    } catch (InvalidInputException e) {
      return e.getMessage();
    }
  }

  /** All that a check finds wrong; empty where that is nothing. */
  private static <E extends Example> String checked(Task<E> task, Path path) {
    try {
      DataCheck check = RunCheck.forTraining(path, null, task, Optional.empty()).data();
      List<String> found = new ArrayList<>();
      check.problems().forEach(problem -> found.add(problem.toString()));
      check.badRows().stream().map(BadRow::cause).forEach(found::add);
      assertThat(check.isSound()).isEqualTo(found.isEmpty());
      return String.join("\n", found);
    } catch (InvalidInputException e) {
      return e.getMessage();
    }
  }
}
