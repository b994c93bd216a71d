package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.check.DataCheck;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;

/** The built-in tasks on the real data sets, where they are at hand. */
class SharedDataTest {

  private static Path data;

  @BeforeAll
  static void findData() {
    Optional<Path> folder =
        Stream.of(System.getProperty("shared.dir"), "shared", "../shared", "../../shared")
            .filter(name -> name != null)
            .map(name -> Path.of(name, "data"))
            .filter(Files::isDirectory)
            .findFirst();
    assumeTrue(folder.isPresent(), "the shared data sets are not here (-Dshared.dir=DIR)");
    data = folder.get();
  }

  @ParameterizedTest
  @CsvSource({
    "rte,superglue/RTE/train.jsonl,2490,entailment,1249",
    "rte,superglue/RTE/val.jsonl,277,entailment,146",
    "cb,superglue/CB/train.jsonl,250,contradiction,119",
    "cb,superglue/CB/val.jsonl,56,neutral,5",
    "boolq,superglue/BoolQ/val.jsonl,3270,true,2033",
    "sst2,sst2/train.tsv,67349,0,29780",
    "sst2,sst2/dev.tsv,872,1,444",
  })
  void everyRowIsUsable(String task, String file, int rows, String label, int count) {
    Examples<TextExample> examples = read(task, file);
    assertThat(examples.usable(BadRowPolicy.REFUSE)).hasSize(rows);
    assertThat(TextExample.labelCounts(examples.examples())).containsEntry(label, count);
    SequenceClassificationTask known = task(task);
    assertThat(known.labels()).containsAll(TextExample.labelCounts(examples.examples()).keySet());
    assertThat(examples.examples()).allMatch(e -> e.hasPair() == known.hasPair());
  }

  @Test
  void checkFindsWhatIsKnownOfSst2() {
    SequenceClassificationTask task = task("sst2");
    DataCheck check =
        RunCheck.forTraining(data.resolve("sst2/dev.tsv"), null, task, Optional.empty()).data();
    assertThat(check.columns())
        .extracting(DataCheck.Column::name)
        .containsExactly("label", "content");
    assertThat(check.task().labels())
        .extracting(DataCheck.LabelCount::name)
        .containsExactly("negative", "positive");
    assertThat(check.task().repeats().rows()).isZero();
    assertThat(check.task().lengths().max()).isEqualTo(47);
    Overlap overlap =
        Overlap.between(task, read("sst2", "sst2/train.tsv"), read("sst2", "sst2/dev.tsv"));
    assertThat(overlap.rows()).isLessThan(10);
  }

  @Test
  void inferredLabelsAreTheGivenOnes() {
    SequenceClassificationTask open =
        SequenceClassificationTask.onPair(
            "open", Template.column("question"), Template.column("passage"), "label");
    Examples<TextExample> examples =
        open.readLabelled(new TableReader().read(data.resolve("superglue/BoolQ/val.jsonl")));
    assertThat(open.learnt(examples).labels()).containsExactly("false", "true");
    assertThat(TextExample.labelCounts(examples.examples()))
        .isEqualTo(Map.of("false", 1237, "true", 2033));
  }

  private static Examples<TextExample> read(String task, String file) {
    return task(task).readLabelled(new TableReader().read(data.resolve(file)));
  }

  private static SequenceClassificationTask task(String name) {
    return (SequenceClassificationTask) Tasks.standard().get(name);
  }
}
