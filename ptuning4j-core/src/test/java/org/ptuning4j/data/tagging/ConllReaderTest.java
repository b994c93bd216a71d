package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

class ConllReaderTest {

  @TempDir Path folder;
  private SequenceFiles files;

  @BeforeEach
  void setUp() {
    files = new SequenceFiles(folder);
  }

  @Test
  void theExampleIsSound() throws IOException {
    Examples<TaggedSentence> read = new ConllReader().read(files.example("ner.conll"));
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples()).hasSize(2);
    assertThat(read.examples().get(0))
        .isEqualTo(
            new TaggedSentence(
                3,
                List.of("Ada", "Moor", "lives", "in", "Tarn", "."),
                List.of("B-PER", "I-PER", "O", "O", "B-LOC", "O"),
                0));
  }

  @Test
  void documentsAreNumberedOverTheirStarts() throws IOException {
    Path file =
        files.write(
            "a.conll",
            """
            -DOCSTART- -X- O

            a X O

            b X O
            -DOCSTART- -X- O
            -DOCSTART- -X- O

            c X O
            d X
            -DOCSTART- -X- O
            e X O
            """);
    Examples<TaggedSentence> read = new ConllReader().read(file);
    assertThat(read.examples()).extracting(TaggedSentence::document).containsExactly(0, 0, 2);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(3, 5, 12);
    SequenceFiles.assertOneBad(read, 10, "2 columns where most lines have 3");
  }

  @Test
  void commentsAreWordsUnlessAskedFor() throws IOException {
    Path file = files.write("a.conll", "# O\na O\n# O\nb O\n\n# only a comment\n\nc O\n");
    Examples<TaggedSentence> commented = new ConllReader().withComments().read(file);
    assertThat(commented.badRows()).isEmpty();
    assertThat(commented.examples())
        .extracting(TaggedSentence::words)
        .containsExactly(List.of("a", "b"), List.of("c"));
    Examples<TaggedSentence> plain = new ConllReader().read(file);
    assertThat(plain.examples().get(0).words()).containsExactly("#", "a", "#", "b");
    SequenceFiles.assertOneBad(
        plain, 6, "other columns than most lines; if such lines are comments, set comments: true");
  }

  @Test
  void tabsSeparateColumnsWhereTheFirstLineHasOne() throws IOException {
    Path file = files.write("a.tsv", "a\u00a0b\tO\nc\tO\n\nNew York\tB-LOC\n\nd O\n");
    Examples<TaggedSentence> read = new ConllReader().read(file);
    assertThat(read.examples())
        .extracting(TaggedSentence::words)
        .containsExactly(List.of("a\u00a0b", "c"));
    assertThat(read.badRows()).hasSize(2);
    SequenceFiles.assertRefused(read, 4, "column 1 'New York' has a blank in it");
    SequenceFiles.assertRefused(read, 6, "column 1 'd O' has a blank in it");
  }

  @Test
  void anyBlanksSeparateColumnsElsewhere() throws IOException {
    Path file = files.write("a.txt", "\uFEFF  a   X  O \r\nb X \t O\r\n");
    TaggedSentence sentence = new ConllReader().read(file).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(sentence.words()).containsExactly("a", "b");
  }

  @Test
  void columnsCanBeNamed() throws IOException {
    Path file = files.write("a.txt", "1 B-A x a\n2 I-A y b\n");
    TaggedSentence sentence =
        new ConllReader()
            .withColumns(ConllReader.LAST, 2)
            .read(file)
            .usable(BadRowPolicy.REFUSE)
            .get(0);
    assertThat(sentence.words()).containsExactly("a", "b");
    assertThat(sentence.tags()).containsExactly("B-A", "I-A");
    SequenceFiles.assertOneBad(
        new ConllReader().withColumns(1, 5).read(file),
        1,
        "4 columns; the words should be in column 1 and the tags in column 5");
  }

  @ParameterizedTest
  @CsvSource({
    "I-A B-A O, O O I-R-A, B-A B-A O, O O B-R-A",
    "S-A O O, B-A E-A O, B-A O O, B-A I-A O",
    "U-C-A O O, B-C-A L-C-A O, B-C-A O O, B-C-A I-C-A O",
  })
  void theSchemeOfAllSentencesIsTold(String first, String second, String one, String two)
      throws IOException {
    Path file = files.write("a.txt", lines(first) + "\n" + lines(second));
    List<TaggedSentence> read = new ConllReader().read(file).usable(BadRowPolicy.REFUSE);
    assertThat(read)
        .extracting(TaggedSentence::tags)
        .containsExactly(List.of(one.split(" ", -1)), List.of(two.split(" ", -1)));
  }

  private static String lines(String tags) {
    return "w " + tags.replace(" ", "\nw ") + "\n";
  }

  @Test
  void aGivenSchemeIsHeldTo() throws IOException {
    Path file = files.write("a.txt", "a O\nb I-P\n\nc B-P\n");
    Examples<TaggedSentence> read = new ConllReader().withScheme(TagScheme.IOB2).read(file);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(4);
    SequenceFiles.assertOneBad(read, 2, "'I-P' at word 2 continues nothing in IOB2");
  }

  @Test
  void sentencesToBeTaggedNeedNoTags() throws IOException {
    Path words = files.write("words.txt", "-DOCSTART-\n\na\nb\n\n-DOCSTART-\n\nc\n");
    List<TaggedSentence> read = new ConllReader().readUnlabelled(words).usable(BadRowPolicy.REFUSE);
    assertThat(read)
        .containsExactly(
            new TaggedSentence(3, List.of("a", "b"), List.of(), 0),
            new TaggedSentence(8, List.of("c"), List.of(), 1));
    assertThat(read).noneMatch(TaggedSentence::hasTags);
    Path tagged = files.write("tagged.txt", "a NOT-A-TAG\nb I-X\n");
    assertThat(new ConllReader().readUnlabelled(tagged).usable(BadRowPolicy.REFUSE))
        .containsExactly(new TaggedSentence(1, List.of("a", "b"), List.of(), 0));
    assertThat(new ConllReader().read(words).badRows()).hasSize(2);
    SequenceFiles.assertRefused(new ConllReader().read(words), 3, "1 column; the words should be");
  }

  @Test
  void gzipIsReadAndTheFileOnDiskIsHashed() throws IOException {
    Examples<TaggedSentence> packed = new ConllReader().read(files.gzip("a", "a O\nb B-X\n"));
    Examples<TaggedSentence> plain = new ConllReader().read(files.write("b", "a O\nb B-X\n"));
    assertThat(packed.examples()).isEqualTo(plain.examples());
    assertThat(packed.fingerprint()).matches("sha256:[0-9a-f]{64}");
    assertThat(packed.fingerprint()).isNotEqualTo(plain.fingerprint());
    Path cut = files.cutGzip("c.gz", "a O\nb B-X\n");
    assertThatThrownBy(() -> new ConllReader().read(cut))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(cut + " cannot be read");
  }

  @ParameterizedTest
  @CsvSource({
    "a O|b|c O, 2, 1 column where most lines have 2",
    "a O|b O O, 2, 3 columns where most lines have 2",
    "a|b, 1, 1 column; the words should be in column 1 and the tags in the last column beside it",
    "a O|b PER, 2, 'PER' at word 2 is no tag",
    "a O|b O-PER, 2, 'O-PER' at word 2 is no tag",
    "a O|b B-, 2, 'B-' at word 2 is no tag",
    "a O|\u3000 O, 2, column 1 should hold a word and is blank",
  })
  void aBadSentenceIsNamedAtItsFirstBadLine(String lines, int line, String cause)
      throws IOException {
    Path file = files.write("a.txt", lines.replace("|", "\n") + "\nz !\n");
    Examples<TaggedSentence> read = new ConllReader().read(file);
    assertThat(read.examples()).isEmpty();
    SequenceFiles.assertOneBad(read, line, cause);
  }

  @Test
  void latin1IsNamedAtItsByte() throws IOException {
    Path file = files.write("a.txt", "a O\n\nM\u00fcll O\n\nb O\n", StandardCharsets.ISO_8859_1);
    Examples<TaggedSentence> read = new ConllReader().read(file);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(1, 5);
    SequenceFiles.assertOneBad(read, 3, "byte 2 of the line (0xFC) is not UTF-8");
  }

  @Test
  @Tag("large")
  void aLongLineIsNeverHeld() throws IOException {
    Path file = files.withLongLine("a.txt", "a O\n\nb O\n", " O\nc O\n\nd O\n");
    Examples<TaggedSentence> read = new ConllReader().read(file);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(1, 7);
    SequenceFiles.assertOneBad(read, 4, "the line is 20,971,522 bytes long");
  }

  @Test
  void longCellsAreCutInMessages() throws IOException {
    Path file = files.write("a.txt", "a " + "B".repeat(100_000) + "\n");
    assertThatThrownBy(() -> new ConllReader().read(file)).hasMessageContaining("BBB…', have no");
    Path scheme = files.write("b.txt", "a O\nb I-" + "B".repeat(100_000) + "\n");
    SequenceFiles.assertOneBad(
        new ConllReader().withScheme(TagScheme.IOB2).read(scheme), 2, "BBB…' at word 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\n \n\t\n\r\n", "-DOCSTART- O\n\n-DOCSTART- O\n"})
  void aFileWithoutSentencesIsRefused(String text) throws IOException {
    Path file = files.write("a.txt", text);
    assertThatThrownBy(() -> new ConllReader().read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + " holds no sentences");
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Path empty = files.write("empty.txt", "");
    assertThatThrownBy(() -> new ConllReader().read(empty)).hasMessage(empty + " is empty");
    Path mark = files.write("mark.txt", "\uFEFF");
    assertThatThrownBy(() -> new ConllReader().read(mark)).hasMessageContaining(mark + " is empty");
    Path utf16 = files.write("utf16.txt", "a O\n", StandardCharsets.UTF_16);
    assertThatThrownBy(() -> new ConllReader().read(utf16)).hasMessageContaining("is UTF-16");
    assertThatThrownBy(() -> new ConllReader().read(folder.resolve("emty.txt")))
        .hasMessageContaining("did you mean " + empty);
    assertThatThrownBy(() -> new ConllReader().read(folder)).hasMessageContaining("is a folder");
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new ConllReader().withColumns(0, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("wordColumn is 0");
    assertThatThrownBy(() -> new ConllReader().withColumns(1, -2))
        .hasMessageContaining("tagColumn is -2");
    assertThatThrownBy(() -> new ConllReader().withColumns(3, 3))
        .hasMessageContaining("wordColumn and tagColumn are both 3");
    assertThatThrownBy(() -> new TaggedSentence(1, List.of("a"), List.of("O", "O"), 0))
        .hasMessageContaining("2 tags for 1 words");
    assertThatThrownBy(() -> new TaggedSentence(1, List.of("a"), List.of("O"), -1))
        .hasMessageContaining("document is -1");
  }
}
