package org.ptuning4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.tagging.RoleFormat;
import org.ptuning4j.data.tagging.RoleFrame;
import org.ptuning4j.data.tagging.RoleReader;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

class RoleTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));
  private static final List<String> LABELS =
      List.of("O", "B-A0", "B-A1", "B-C-A1", "B-V", "I-A0", "I-A1");

  private final RoleTask task = RoleTask.named("toy", "toy").withLabels(LABELS);
  private final PreparedRoles asked = new PreparedRoles(task);

  @AfterAll
  static void close() {
    BERT.close();
    ROBERTA.close();
  }

  private static RoleFrame frame(String words, int predicate, String tags) {
    return new RoleFrame(
        1,
        List.of(words.split(" ", -1)),
        predicate,
        tags.isEmpty() ? List.of() : List.of(tags.split(" ", -1)),
        null);
  }

  @Test
  void aRepeatedVerbIsToldApartByItsMarkersAlone() {
    String words = "they said that she said so";
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 64);
      int[] first = asked.items(frame(words, 1, ""), encoder).get(0).rows().get(0).ids();
      int[] second = asked.items(frame(words, 4, ""), encoder).get(0).rows().get(0).ids();
      assertThat(first).isNotEqualTo(second);
      PreparedRoles pair = new PreparedRoles(task.withPredicate(PredicateMark.PAIR));
      int[] one = pair.items(frame(words, 1, ""), encoder).get(0).rows().get(0).ids();
      int[] other = pair.items(frame(words, 4, ""), encoder).get(0).rows().get(0).ids();
      assertThat(one).isEqualTo(other);
    }
  }

  @Test
  void theModelReadsTheMarkedSentenceAndThePredicate() {
    RoleFrame frame = frame("she saw it", 1, "B-A0 B-V B-A1");
    Item item = asked.items(frame, new ItemEncoder(BERT, 64)).get(0);
    assertThat(BERT.decodeWithSpecialTokens(item.rows().get(0).ids()))
        .isEqualTo("[CLS] she * saw * it [SEP] saw [SEP]");
    assertThat(item.rows().get(0).typeIds())
        .isEqualTo(BERT.encode("she * saw * it", "saw", Truncation.none()).typeIds());
    assertThat(item.reads()).containsExactly(1, 3, 5);
    assertThat(item.notes()).containsExactly(0, 1, 2);
    assertThat(item.target())
        .contains(
            new Target.Tags(List.of(OptionalInt.of(1), OptionalInt.of(4), OptionalInt.of(2))));
  }

  @Test
  void answersHaveDiscontinuousArguments() {
    RoleFrame frame = frame("a book she gave away", 3, "B-A1 I-A1 B-A0 B-V B-C-A1");
    List<Item> items = asked.items(frame, new ItemEncoder(BERT, 64));
    float[] scores = new float[5 * LABELS.size()];
    for (int word = 0; word < 5; word++) {
      scores[word * LABELS.size() + LABELS.indexOf(frame.tags().get(word))] = 6;
    }
    RoleAnswer answer = asked.answer(frame, items, List.of(scores));
    assertThat(answer.tags()).isEqualTo(frame.tags());
    assertThat(answer.text()).isEqualTo("gave (A1: a book … away; A0: she)");
    assertThat(answer.arguments().get(0).parts())
        .containsExactly(new RoleAnswer.Part(0, 1), new RoleAnswer.Part(4, 4));
    assertThat(answer.fields().get("arguments").toString())
        .contains("[{first_word=0, last_word=1}, {first_word=4, last_word=4}]");
    assertThat(asked.score(List.of(frame), List.of(answer)).metrics())
        .containsEntry("f1", 1.0)
        .containsEntry("srl_f1", 1.0)
        .containsEntry("perfect_frames", 1.0);
    List<String> wrong = new ArrayList<>(frame.tags());
    wrong.set(4, "O");
    RoleAnswer partly = new RoleAnswer(frame.words(), 3, wrong, List.of());
    Map<String, Double> metrics = asked.score(List.of(frame), List.of(partly)).metrics();
    // seqeval: 3 of 4 spans found, 3 predicted; the CoNLL script: A0 of A0 and A1, 2 predicted
    assertThat(metrics.get("f1")).isEqualTo(6.0 / 7);
    assertThat(metrics.get("srl_f1")).isEqualTo(0.5);
    assertThat(metrics.get("perfect_frames")).isZero();
  }

  @Test
  void readsRowsToAnswer() throws UnusableRowException {
    RoleFrame frame = task.readRow(new Row(1, Map.of("text", "she saw it", "predicate", "1")));
    assertThat(frame.words()).containsExactly("she", "saw", "it");
    assertThat(frame.predicate()).isEqualTo(1);
    assertThat(frame.hasTags()).isFalse();
    for (Object predicate : List.of(3, -1, "saw", 1.5)) {
      assertThatThrownBy(
              () -> task.readRow(new Row(1, Map.of("text", "she saw it", "predicate", predicate))))
          .isInstanceOf(UnusableRowException.class)
          .hasMessageContaining("from 0 to 2");
    }
  }

  @Test
  void readsFilesAndLearnsTheirTags(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("train.jsonl");
    Files.writeString(
        file,
        "{\"words\": [\"she\", \"saw\"], \"predicate\": 1, \"tags\": [\"B-A0\", \"B-V\"]}\n",
        StandardCharsets.UTF_8);
    RoleTask unlearnt = RoleTask.named("toy", "toy");
    assertThat(unlearnt.prepare(Preparation.of(unlearnt.read(file), BERT, false)).task().labels())
        .containsExactly("O", "B-A0", "B-V");
    assertThat(unlearnt.readUnlabelled(file).examples().get(0).hasTags()).isFalse();
  }

  @Test
  void aDefinitionMakesTheTaskAgain() throws IOException {
    RoleTask written =
        task.withPredicate(PredicateMark.PAIR)
            .withDecoding(Decoding.ARGMAX)
            .withReader(new RoleReader().withFormat(RoleFormat.CONLL05).withColumns(2, 6));
    for (RoleTask each : List.of(task, written)) {
      assertThat(TaskKinds.standard().read(EntityTaskTest.throughJson(each.definition())))
          .isEqualTo(each);
    }
  }

  @Test
  void aPredicateThatIsMissingOrNoIndexIsSaid() {
    assertThatThrownBy(() -> task.readRow(new Row(1, Map.of("text", "she saw it"))))
        .hasMessage("'predicate' is missing; it should be the index of a word, from 0 to 2");
    assertThatThrownBy(
            () -> task.readRow(new Row(1, Map.of("text", "she saw it", "predicate", "saw"))))
        .hasMessage("'predicate' is saw; it should be the index of a word, from 0 to 2");
    assertThatThrownBy(
            () -> task.readRow(new Row(1, Map.of("words", List.of("a", " "), "predicate", 0))))
        .hasMessage("word 2 of 'words' is blank or no text");
  }

  @Test
  void aFrameIsItsSentenceItsPredicateAndItsArguments() {
    assertThat(task.content(frame("she saw it", 1, "B-A0 B-V B-A1")))
        .isEqualTo(
            new ExampleContent(List.of("she * saw * it", "saw"), List.of("A0", "V", "A1"), true));
    assertThat(task.content(frame("she saw it", 1, "")).answered()).isFalse();
  }

  @Test
  void aWordThatIsAPredicateTwiceInASentenceMakesTwoInputsWhereTheModelIsToldWhichIsMeant() {
    RoleFrame first = frame("had she had it", 0, "B-V O O O");
    RoleFrame second = frame("had she had it", 2, "O B-A0 B-V B-A1");
    assertThat(task.content(first).texts()).isNotEqualTo(task.content(second).texts());
    RoleTask asPair = task.withPredicate(PredicateMark.PAIR);
    assertThat(asPair.content(first).texts())
        .isEqualTo(asPair.content(second).texts())
        .containsExactly("had she had it", "had");
  }

  @Test
  void theHeadHasAScoreForEachTag() {
    assertThat(asked.head(new HeadOptions(null, Optional.empty(), 0.25)))
        .isEqualTo(new TokenHeadSpec(LABELS.size(), 0.25));
    assertThat(
            new PreparedEntities(EntityTask.named("e", "e").withLabels(List.of("O", "B-X")))
                .head(new HeadOptions(null, Optional.empty(), 0)))
        .isEqualTo(new TokenHeadSpec(2, 0));
  }
}
