package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.InputFile;

class TagFormsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "b-per i-per o, B-per I-per O",
    "B_PER I_PER O, B-PER I-PER O",
    "PER-B PER-I O, B-PER I-PER O",
    "PERSON PERSON O, B-PERSON I-PERSON O",
    "B-PER E-PER O, B-PER I-PER O",
    "B-ORG M-ORG E-ORG, B-ORG I-ORG I-ORG",
    "B-ORG E-ORG W-LOC, B-ORG I-ORG B-LOC",
    "B-ORG-X I-ORG-X O, B-ORG-X I-ORG-X O",
  })
  void tagsAreReadAsTheyAreSpelt(String written, String read) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String tag : written.split(" ", -1)) {
      text.append("word ").append(tag).append('\n');
    }
    assertThat(read(text.toString()).usable(BadRowPolicy.REFUSE))
        .singleElement()
        .extracting(TaggedSentence::tags)
        .isEqualTo(List.of(read.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"the DET\ncat NOUN\n", "a _\nb _\n", "a 1.5\nb 0\n"})
  void otherColumnsAreRefusedInOneMessage(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("have no known form")
        .hasMessageContaining("known are B-PER");
  }

  private static final TagNames NAMES = TagNames.of(List.of("O", "B-PER", "I-PER"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada 1\nMoor 2\nsings 0\n",
        "{\"tokens\":[\"Ada\",\"Moor\",\"sings\"],\"ner_tags\":[1,2,0]}",
        "[{\"words\":[\"Ada\",\"Moor\",\"sings\"],\"tags\":[1,2,0]}]",
      })
  void numbersAreTheTagsThatAreNamed(String text) throws IOException {
    Examples<TaggedSentence> read =
        text.startsWith("Ada")
            ? new ConllReader().withTagNames(NAMES).read(file("a.conll", text))
            : new EntityJsonReader().withTagNames(NAMES).read(file("a.json", text));
    assertThat(read.usable(BadRowPolicy.REFUSE).get(0).tags())
        .containsExactly("B-PER", "I-PER", "O");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada 1\nMoor 2\nsings 0\n\nTarn 0\n",
        "{\"tokens\":[\"Ada\",\"Moor\",\"sings\"],\"ner_tags\":[1,2,0]}\n"
            + "{\"tokens\":[\"Tarn\"],\"ner_tags\":[0]}",
      })
  void numbersWithoutNamesAreRefusedOnce(String text) {
    assertThatThrownBy(
            () ->
                (text.startsWith("Ada")
                        ? new ConllReader().read(file("a.conll", text))
                        : new EntityJsonReader().read(file("a.json", text)))
                    .usable(BadRowPolicy.SKIP))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("its tags are numbers, such as '0', '1', '2'")
        .hasMessageContaining("set tag_names to the tags in the order of their numbers");
  }

  /**
   * The Hub's ner_tags of CoNLL-2003 are known; the tags of other copies are numbered otherwise.
   */
  @Test
  void publishedNumbersAreThoseOfTheirFieldOnly() throws IOException {
    TagNames names = TagNames.ofField("ner_tags", "PER", "ORG");
    EntityJsonReader reader = new EntityJsonReader().withTagNames(names);
    String json = "{\"tokens\":[\"Ada\",\"sings\"],\"%s\":[1,0]}";
    assertThat(reader.read(file("a.json", json.formatted("ner_tags"))).examples().get(0).tags())
        .containsExactly("B-PER", "O");
    Path other = file("b.json", json.formatted("tags"));
    assertThatThrownBy(() -> reader.read(other)).hasMessageContaining("set tag_names");
  }

  @Test
  void aNumberBeyondTheNamesIsABadSentence() throws IOException {
    Examples<TaggedSentence> read =
        new ConllReader().withTagNames(NAMES).read(file("a.conll", "Ada 1\nMoor 3\n\nTarn 0\n"));
    assertThat(read.examples()).hasSize(1);
    assertThat(read.badRows())
        .extracting(row -> row.toString())
        .containsExactly("line 1: 3 at word 2 is the number of no tag; the numbers are 0 to 2");
  }

  @ParameterizedTest
  @CsvSource({"PREFIX, B-", "LOWER_CASE, b-", "UNDERSCORE, B_"})
  void formsThatBeginWithTheirLetter(TagForm form, String start) {
    assertThat(form.toPrefix(start + "PER")).isEqualTo("B-PER");
    assertThat(form.toPrefix(start)).isEqualTo(start);
    assertThat(form.toPrefix(start + " ")).isEqualTo(start + " ");
  }

  @Test
  void aSuffixNeedsALabelBeforeIt() {
    assertThat(TagForm.SUFFIX.toPrefix("PER-B")).isEqualTo("B-PER");
    assertThat(TagForm.SUFFIX.toPrefix("a_I")).isEqualTo("I-a");
    assertThat(TagForm.SUFFIX.toPrefix("-B")).isEqualTo("-B");
    assertThat(TagForm.SUFFIX.toPrefix(" -B")).isEqualTo(" -B");
    assertThat(TagForm.SUFFIX.toPrefix("PERxB")).isEqualTo("PERxB");
    assertThat(TagForm.SUFFIX.toPrefix("PER-X")).isEqualTo("PER-X");
    assertThat(TagForm.LABEL_ALONE.toPrefix("ÄMTER")).isEqualTo("I-ÄMTER");
    assertThat(TagForm.LABEL_ALONE.toPrefix("[X]")).isEqualTo("[X]");
  }

  @Test
  void aCountOfWordsIsNoWord() {
    assertThatThrownBy(() -> read("1\tAda\tB-PER\n2\tsings\tO\n\n1\tTarn\tB-LOC\n2\tsleeps\tO\n"))
        .hasMessageContaining("column 1 counts the words")
        .hasMessageContaining("set word_column");
  }

  @Test
  void wordsThatAreCountedBelowCommentsAreBothSaid() throws IOException {
    String germeval =
        """
        #	invented.example [2009-10-17]
        1	Ada	B-PER	O
        2	singt	O	O

        #	invented.example [2009-10-18]
        1	Tarn	B-LOC	O
        2	ruht	O	O
        """;
    assertThatThrownBy(() -> read(germeval))
        .hasMessageContaining("set word_column")
        .hasMessageContaining("comments: true");
    assertThatThrownBy(() -> read(germeval.replaceAll("#.*\n", "")))
        .hasMessageContaining("set word_column")
        .hasMessageNotContaining("comments");
  }

  @Test
  void aCommentFirstDecidesNothing() throws IOException {
    Examples<TaggedSentence> read =
        read("# id = s1 lang=en\nAda B-PER\nsings O\n\n# id = s2 lang=en\nTarn B-LOC\n");
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(2, 6);
    assertThat(read.badRows())
        .singleElement()
        .asString()
        .startsWith("line 1: ")
        .contains("(2 such lines)", "set comments: true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFE0F", "\u3164", "\u0007", "\u00AD"})
  void aWordThatShowsNothingEndsNoSentence(String word) throws IOException {
    Path file =
        file("words.conll", "Ada\n" + word + "\nsings\n\u200B\nTarn\n\u00A0\uFEFF\nsleeps\n");
    assertThat(new ConllReader().readUnlabelled(file).usable(BadRowPolicy.REFUSE))
        .extracting(TaggedSentence::words)
        .containsExactly(List.of("Ada", word, "sings"), List.of("Tarn"), List.of("sleeps"));
  }

  @Test
  void tabsAtTheEndsOfLinesAreNoColumn() throws IOException {
    assertThat(read("Ada\tB-PER\t\nsings\tO\t\n").usable(BadRowPolicy.REFUSE)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\": \"Ada sings.\", \"label\": [[0, 3, \"PER\"]]}",
        "{\"text\": \"Ada sings.\", \"entities\": [[0, 3, \"PER\"]]}",
        "{\"text\": \"Ada sings.\", \"entities\": [{\"start\":0,\"end\":3,\"label\":\"PER\"}]}",
        "{\"text\": \"Ada sings.\", \"spans\": [{\"start_offset\":0,\"end_offset\":3,"
            + "\"label\":\"PER\"}]}",
      })
  void spansOfCharactersAreRead(String json) throws IOException {
    TaggedSentence sentence =
        new EntityJsonReader().read(file("a.jsonl", json)).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(sentence.words()).containsExactly("Ada", "sings", ".");
    assertThat(sentence.tags()).containsExactly("B-PER", "O", "O");
  }

  @Test
  void spansCountCodePointsAndCutWords() throws IOException {
    String json = "{\"text\": \"\ud83d\udc08 Ada's song\", \"spans\": [[2, 5, \"PER\"]]}";
    TaggedSentence sentence =
        new EntityJsonReader().read(file("a.jsonl", json)).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(sentence.words()).containsExactly("\ud83d\udc08", "Ada", "'s", "song");
    assertThat(sentence.tags()).containsExactly("O", "B-PER", "O", "O");
  }

  @ParameterizedTest
  @CsvSource({
    "'Mira B-PER\nsings O\n\nTarn B-LOC\n', true",
    "'Mira\tB-PER\nsings\tO\n', true",
    "'John NAME\nsings O\nTarn PLACE\nsleeps O\n', true",
    "'Mira\nsings\n\nTarn\n', true",
    "'Mira sings in Tarn.\nThe bank sleeps.\n', false",
    "'Take vitamin B-12\nor nothing at all\n', false",
    "'Paris\nLondon\n', false",
    "'[{\"tokens\":[\"a\"]}]', false",
  })
  void columnsAreToldFromSentences(String text, boolean columns) throws IOException {
    for (String name : List.of("test.txt", "test.tsv", "stream")) {
      InputFile file = InputFile.of(file(name, text));
      assertThat(file.<Boolean>look(new ConllReader()::isIn)).as(name).isEqualTo(columns);
    }
  }

  private Examples<TaggedSentence> read(String text) throws IOException {
    return new ConllReader().read(file("a.conll", text));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
