package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

/** Entities as spans of a text's characters. */
class CharacterSpansTest {

  private static final String GOOD = "{'text':'Mia sings.','entities':[[0,3,'PER']]}";

  @TempDir Path folder;
  private SequenceFiles files;

  @BeforeEach
  void setUp() {
    files = new SequenceFiles(folder);
  }

  private Path write(String... objects) throws IOException {
    return files.write("spans.jsonl", String.join("\n", objects).replace('\'', '"') + "\n");
  }

  private TaggedSentence only(String object) throws IOException {
    return new EntityJsonReader().read(write(object)).usable(BadRowPolicy.REFUSE).get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'entities':[[0,3,'PER']]",
        "'spans':[{'start':0,'end':3,'label':'PER'}]",
        "'label':[{'start_offset':0,'end_offset':3,'type':'PER'}]",
        "'labels':[{'start':0,'end':3,'tag':'PER','text':'Mia'}]",
      })
  void eachToolsFormIsRead(String list) throws IOException {
    TaggedSentence sentence = only("{'text':'Mia sings.'," + list + "}");
    assertThat(sentence.words()).containsExactly("Mia", "sings", ".");
    assertThat(sentence.tags()).containsExactly("B-PER", "O", "O");
    assertThat(sentence.text()).isEqualTo("Mia sings.");
  }

  /** A word is cut where a span begins or ends within it, and at no other place. */
  @Test
  void wordsAreCutAtTheEndsOfSpans() throws IOException {
    TaggedSentence sentence =
        only("{'text':'Berlin-based Mia','entities':[[0,6,'LOC'],[13,16,'PER']]}");
    assertThat(sentence.words()).containsExactly("Berlin", "-based", "Mia");
    assertThat(sentence.tags()).containsExactly("B-LOC", "O", "B-PER");
    TaggedSentence inside = only("{'text':'anti-NATO-talk','entities':[[5,9,'ORG']]}");
    assertThat(inside.words()).containsExactly("anti-", "NATO", "-talk");
    assertThat(inside.tags()).containsExactly("O", "B-ORG", "O");
  }

  @Test
  void spansMayHoldSeveralWordsAndTouch() throws IOException {
    TaggedSentence sentence =
        only("{'text':'New York Mia Li','entities':[[9,15,'PER'],[0,8,'LOC']]}");
    assertThat(sentence.words()).containsExactly("New", "York", "Mia", "Li");
    assertThat(sentence.tags()).containsExactly("B-LOC", "I-LOC", "B-PER", "I-PER");
  }

  /** A span that takes a space with it means what is within. */
  @Test
  void blanksAtTheEndsOfASpanAreNoPartOfIt() throws IOException {
    TaggedSentence sentence = only("{'text':'so Mia sings','entities':[[2,7,'PER']]}");
    assertThat(sentence.words()).containsExactly("so", "Mia", "sings");
    assertThat(sentence.tags()).containsExactly("O", "B-PER", "O");
  }

  @Test
  void placesCountCodePoints() throws IOException {
    TaggedSentence sentence = only("{'text':'\uD83C\uDFC6 Mia','entities':[[2,5,'PER']]}");
    assertThat(sentence.words()).containsExactly("\uD83C\uDFC6", "Mia");
    assertThat(sentence.tags()).containsExactly("O", "B-PER");
  }

  @Test
  void aTextWithoutEntitiesHasNone() throws IOException {
    assertThat(only("{'text':'Mia sings.','entities':[]}").tags()).containsExactly("O", "O", "O");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[[0,3]]|'entities[0]' is a list, must be such as [0, 5, \"PER\"]",
        "[[null,3,'PER']]|no 'entities[0].start'",
        "[[0,null,'PER']]|no 'entities[0].end'",
        "[[0,3,null]]|no 'entities[0].label'",
        "[[0,3,'PER'],'x']|'entities[1]' is the text 'x', must be such as",
        "[[0,11,'PER']]|'entities[0]' is the characters 0 to before 11 of a text of 10",
        "[[3,0,'PER']]|'entities[0]' is the characters 3 to before 0 of a text of 10",
        "[[3,4,'PER']]|'entities[0]', the characters 3 to before 4, is blank",
        "[[-1,3,'PER']]|'entities[0].start' is the number -1, must be a whole number from 0 on",
        "[[0,3.5,'PER']]|'entities[0].end' is the number 3.5, must be a whole number from 0 on",
        "[[0,3,7]]|'entities[0].label' is the number 7, must be a text",
        "[[0,3,' ']]|'entities[0].label' is blank",
        "[[0,3,'PER'],[1,3,'LOC']]|one tag a word cannot hold both",
      })
  void aFaultOfASpanIsABadRow(String entities, String cause) throws IOException {
    Path file = write(GOOD, "{'text':'Mia sings.','entities':" + entities + "}", GOOD);
    Examples<TaggedSentence> read = new EntityJsonReader().read(file);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(1, 3);
    SequenceFiles.assertOneBad(read, 2, cause);
  }

  @Test
  void withoutAListTheAnswerIsMissing() throws IOException {
    Path file = write("{'text':'Mia sings.'}");
    assertThat(new EntityJsonReader().read(file).badRows())
        .extracting(BadRow::lack)
        .containsExactly(BadRow.Lack.ANSWER);
    assertThat(new EntityJsonReader().readUnlabelled(file).examples())
        .extracting(TaggedSentence::words)
        .containsExactly(List.of("Mia", "sings", "."));
  }

  @Test
  void punctuationAroundWordsIsSplitOff() {
    assertThat(WordSplitter.words("(\"Mia,\" she's ok!?) … --a-- !!"))
        .containsExactly(
            "(", "\"", "Mia", ",", "\"", "she's", "ok", "!", "?", ")", "…", "--a--", "!!");
    assertThat(WordSplitter.words(" \u00a0")).isEmpty();
    assertThat(WordSplitter.words("a")).containsExactly("a");
  }
}
