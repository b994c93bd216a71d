package org.ptuning4j.task.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;

/** A tokenizer with more tokens than the model has embeddings: rows with one cannot be read. */
class ModelReadingTest {

  private static final SequenceClassificationTask MOOD =
      SequenceClassificationTask.onText("mood", Template.column("review"), "mood");
  private static final String CAUSE =
      "the token 'odd' (7) has no embedding: the model has 7, the tokenizer 8 tokens";

  @TempDir private static Path folder;

  private static TextTokenizer tokenizer;
  private static Path file;

  @BeforeAll
  static void open() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.writeString(
        model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfilm\nodd\n");
    tokenizer = TextTokenizer.open(model);
    file =
        Files.writeString(
            folder.resolve("t.csv"),
            "review,mood\na film,good\nodd film,bad\na,bad\na a a a odd,good\n");
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static RunCheck check(boolean toTrain, int maxLength, int embeddings) {
    Optional<ModelReading> model =
        Optional.of(
            new ModelReading(
                new ItemEncoder(tokenizer, maxLength), new KnownTokens(tokenizer, embeddings)));
    return toTrain
        ? RunCheck.forTraining(file, null, MOOD, model)
        : RunCheck.forPrediction(file, MOOD, model);
  }

  @Test
  void rowsWithATokenThatTheModelDoesNotHaveAreBad() {
    for (boolean toTrain : new boolean[] {true, false}) {
      DataCheck found = check(toTrain, 16, 7).data();
      assertThat(found.isSound()).isFalse();
      assertThat(found.badRows()).containsExactly(new BadRow(3, CAUSE), new BadRow(5, CAUSE));
      assertThat(found.task().examples()).isEqualTo(2);
    }
  }

  @Test
  void aModelThatHasThemAllReadsAllRows() {
    for (boolean toTrain : new boolean[] {true, false}) {
      assertThat(check(toTrain, 16, 8).data().badRows()).isEmpty();
      assertThat(check(toTrain, 16, 8).data().task().examples()).isEqualTo(4);
    }
    Optional<ModelReading> own = Optional.of(ModelReading.of(new ItemEncoder(tokenizer, 16)));
    assertThat(RunCheck.forTraining(file, null, MOOD, own).isSound()).isTrue();
    Examples<TextExample> read = MOOD.read(file);
    assertThat(own.orElseThrow().readable(MOOD, read)).isSameAs(read);
  }

  /** What is cut away is not read, so that it does not matter which tokens it has. */
  @Test
  void aTextIsLookedAtAsFarAsItIsRead() {
    for (boolean toTrain : new boolean[] {true, false}) {
      assertThat(check(toTrain, 6, 7).data().badRows()).containsExactly(new BadRow(3, CAUSE));
    }
  }
}
