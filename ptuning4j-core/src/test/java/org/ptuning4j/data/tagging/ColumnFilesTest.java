package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;

/** What makes a file one of words in columns, and which columns are words, tags or neither. */
class ColumnFilesTest {

  private static final String ONTO_NOTES =
      """
      #begin document (a); part 000
      a 0 0 Ada NNP * - - - - (PERSON) -
      a 0 1 sings VBZ * sing 01 1 - * -

      #end document
      """;

  @TempDir Path folder;
  private SequenceFiles files;

  @BeforeEach
  void setUp() {
    files = new SequenceFiles(folder);
  }

  private InputFile file(String text, FileFormat format) throws IOException {
    Path path = files.write("words.txt", text);
    return InputFile.of(path, InputSettings.DEFAULT.withFormat(format));
  }

  private boolean isIn(ConllReader reader, String text, FileFormat format) throws IOException {
    return file(text, format).<Boolean>look(reader::isIn);
  }

  private Examples<TaggedSentence> read(ConllReader reader, String text) throws IOException {
    return reader.read(files.write("words.txt", text));
  }

  @ParameterizedTest
  @EnumSource(FileFormat.class)
  void aFormatThatIsSetDecides(FileFormat format) throws IOException {
    if (format != FileFormat.AUTO) {
      boolean columns = format == FileFormat.CONLL || format == FileFormat.CONLL12;
      for (String text : List.of("Mira B-PER\nsings O\n", "no columns\n", "{\"a\":1}\n")) {
        assertThat(isIn(new ConllReader(), text, format)).isEqualTo(columns);
      }
    }
  }

  @Test
  void filesOfOntoNotesAreToldByTheirFirstLine() throws IOException {
    ConllReader reader = new ConllReader();
    assertThat(isIn(reader, ONTO_NOTES, FileFormat.AUTO)).isTrue();
    assertThat(file(ONTO_NOTES, FileFormat.AUTO).<FileFormat>look(reader::formatOf))
        .isEqualTo(FileFormat.CONLL12);
    assertThat(file("Mira B-PER\n", FileFormat.AUTO).<FileFormat>look(reader::formatOf))
        .isEqualTo(FileFormat.CONLL);
    TaggedSentence sentence = read(reader, ONTO_NOTES).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(sentence.words()).containsExactly("Ada", "sings");
    assertThat(sentence.tags()).containsExactly("B-PERSON", "O");
  }

  /** Who names columns means them, whatever the file is. */
  @Test
  void columnsThatAreNamedComeBeforeTheReleasesOwn() throws IOException {
    Examples<TaggedSentence> read =
        new ConllReader()
            .withComments()
            .withColumns(4, 5)
            .withScheme(TagScheme.IOB2)
            .readUnlabelled(files.write("words.txt", ONTO_NOTES));
    assertThat(read.usable(BadRowPolicy.REFUSE).get(0).words()).containsExactly("Ada", "sings");
    assertThat(
            file(ONTO_NOTES, FileFormat.AUTO)
                .<FileFormat>look(new ConllReader().withColumns(4, 5)::formatOf))
        .isEqualTo(FileFormat.CONLL);
    assertThat(file(ONTO_NOTES, FileFormat.CONLL).<FileFormat>look(new ConllReader()::formatOf))
        .isEqualTo(FileFormat.CONLL);
  }

  @ParameterizedTest
  @CsvSource({
    "'a O\nb O\nc O\nd O\nx\n', true", // four lines of five have two columns
    "'a O\nb O\nc O\nx\ny\n', false",
    "'a O\nb O\nc X\nd Y\n', true", // half of them have a tag
    "'a O\nb Z\nc X\nd Y\n', false",
    "'# a comment\nMira B-PER\nsings O\n', true",
    "'-DOCSTART- -X-\n\nMira B-PER\nsings O\n', true",
    "'Mira B-PER\n', false", // one line is no sentence
    "'Mira\n\nsings\n', true",
    "'Mira\nsings\n\n', false", // nothing parts what may be two texts
    "'\n\nMira B-PER\nsings O\n', true",
  })
  void mostLinesDecide(String text, boolean columns) throws IOException {
    assertThat(isIn(new ConllReader(), text, FileFormat.AUTO)).isEqualTo(columns);
  }

  @Test
  void theTagsAreLookedForInTheirColumn() throws IOException {
    String text = "B-PER Mira\nO sings\n";
    assertThat(isIn(new ConllReader(), text, FileFormat.AUTO)).isFalse();
    assertThat(isIn(new ConllReader().withColumns(2, 1), text, FileFormat.AUTO)).isTrue();
    assertThat(isIn(new ConllReader().withColumns(1, 3), text, FileFormat.AUTO)).isFalse();
  }

  @Test
  void aColumnThatIsNotThereIsNamed() throws IOException {
    SequenceFiles.assertOneBad(
        read(new ConllReader().withColumns(3, 1), "O a\nO b\n"),
        1,
        "2 columns; the words should be in column 3 and the tags in column 1 beside it");
    SequenceFiles.assertOneBad(
        read(new ConllReader().withColumns(1, 3), "a O\nb O\n"),
        1,
        "2 columns; the words should be in column 1 and the tags in column 3 beside it");
    SequenceFiles.assertOneBad(
        new ConllReader().withColumns(3, 1).readUnlabelled(files.write("words.txt", "O a\nO b\n")),
        1,
        "2 columns; the words should be in column 3");
  }

  @Test
  void blanksAroundALineOfTabsAreNoPartOfIt() throws IOException {
    List<TaggedSentence> read =
        read(new ConllReader(), "  Mira\tB-PER \nsings\tO   \n").usable(BadRowPolicy.REFUSE);
    assertThat(read.get(0).words()).containsExactly("Mira", "sings");
    assertThat(read.get(0).tags()).containsExactly("B-PER", "O");
  }

  @Test
  void aLastColumnOfTheFileMayBeEmpty() throws IOException {
    ConllReader reader = new ConllReader().withColumns(1, 2);
    String text = "Mira\tB-PER\tx\nsings\tO\t\nwell\tO\ty\n";
    assertThat(read(reader, text).usable(BadRowPolicy.REFUSE).get(0).words())
        .containsExactly("Mira", "sings", "well");
  }

  /** Numbers are words where they do not count. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 O\n2 O\n3 O\n", // two columns: there is no other for the words
        "1 CD O\n\n1 CD O\n", // single words
        "1st JJ O\n2nd JJ O\n", // words that only begin as numbers do
        "1 CD O\nman NN O\n",
        "2 CD O\n3 CD O\n",
      })
  void numbersAreWordsToo(String text) throws IOException {
    assertThat(read(new ConllReader(), text).usable(BadRowPolicy.REFUSE)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 Ada O\n2 sings O\n",
        "1-2 aux O\n1 a O\n2 ux O\n2.1 _ O\n",
        "1 Ada O\n2 sings O\n\nno x O\n", // half of the sentences
      })
  void aColumnThatCountsHoldsNoWords(String text) {
    assertThatThrownBy(() -> read(new ConllReader(), text))
        .hasMessageContaining("column 1 counts the words (1, 2, 3 …)");
  }

  @Test
  void countsInFewSentencesAreWords() throws IOException {
    String text = "1 x O\n2 x O\n\na x O\n\nb x O\n";
    assertThat(read(new ConllReader(), text).usable(BadRowPolicy.REFUSE)).hasSize(3);
  }

  @Test
  void aHashAmongTheWordsHintsAtComments() throws IOException {
    Examples<TaggedSentence> read =
        read(new ConllReader().withScheme(TagScheme.IOB2), "# 12\na O\nb B-X\n");
    SequenceFiles.assertOneBad(
        read, 1, "is no tag of IOB2 (O, B-LABEL, I-LABEL); if lines that begin with # are");
  }

  /** Entities by the index are in IOB2 whatever is found of the tags beside them. */
  @Test
  void theFormOfTheTagsIsToldFromThoseThatAreWritten() throws IOException {
    Path file =
        files.write(
            "a.jsonl",
            """
            {"words":["a","b"],"tags":["PER","O"]}
            {"words":["a","b"],"entities":[{"type":"X","start":0,"end":1},{"type":"Y","start":1,"end":2}]}
            """);
    assertThat(new EntityJsonReader().read(file).usable(BadRowPolicy.REFUSE))
        .extracting(TaggedSentence::tags)
        .containsExactly(List.of("B-PER", "O"), List.of("B-X", "B-Y"));
  }

  @Test
  void labelsAloneMayBeInAnyLetters() throws IOException {
    String text = "a person\nb person\nc O\nd zoo\ne Äbte\nf Z\ng A\n";
    assertThat(read(new ConllReader(), text).usable(BadRowPolicy.REFUSE).get(0).tags())
        .containsExactly("B-person", "I-person", "O", "B-zoo", "B-Äbte", "B-Z", "B-A");
    for (String sign : List.of("1", "_", "[", "@", "{", "`")) {
      assertThat(read(new ConllReader(), "a O\nb x\nc " + sign + "x\n").examples()).isEmpty();
    }
  }

  @Test
  void tagsOfNoFormAreShown() {
    assertThatThrownBy(() -> read(new ConllReader(), "a 0\nb 1.5\n"))
        .hasMessageContaining(
            "its tags, such as '0', '1.5', have no known form (0 is a zero; O is");
    assertThatThrownBy(() -> read(new ConllReader(), "a 1\nb 2\nc 3\nd 4\ne 5\n"))
        .hasMessageContaining("such as '1', '2', '3', '4', '5', and what they stand for");
    assertThatThrownBy(() -> read(new ConllReader(), "a 1\nb 2\nc 3\nd 4\ne 5\nf 6\n"))
        .hasMessageContaining("such as '1', '2', '3', '4', '5', …, and what they stand for");
  }

  @Test
  void numbersHaveDigitsOnlyAndNotTooMany() {
    assertThat(List.of("0", "9", "10", "999999")).allMatch(TagNames::isNumber);
    assertThat(List.of("", "1000000", "-1", "1.0", "/", ":", "\u0663"))
        .noneMatch(TagNames::isNumber);
  }

  @ParameterizedTest
  @ValueSource(strings = {"()*", "(A0)*", "A0*", "(*", "(A0(*", "(A0*(A1", "**", "*A0", "A0"})
  void otherSignsAreNoBrackets(String cell) {
    assertThat(new BracketedSpans().add(cell).orElseThrow())
        .isEqualTo("'" + cell + "' is no bracket cell such as (A0*, *, *) or (V*)");
  }

  @Test
  void columnsOfRolesAreNamedAsTheyAreCounted() throws IOException {
    Path file = files.write("roles.txt", "Ada x\nsings\n");
    assertThat(new RoleReader().withColumns(1, 3).read(file).badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "2 columns; at least 3 are needed, the words in column 1 and the predicates in column"
                + " 3");
    Path blank = files.write("blank.txt", "x Ada -\nx \u3000 -\n");
    assertThat(new RoleReader().withColumns(2, 3).read(blank).badRows())
        .extracting(BadRow::cause)
        .containsExactly("column 2 should hold a word and is blank");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"sentences\":[{\"words\":[\"a\"]}]}|true",
        "{\"id\":1,\"sentences\":[]}|true",
        "{\"tokens\":[\"a\"],\"sentences\":[]}|false",
        "{\"text\":\"a\"}|false",
        "{\"id\":1}|false",
      })
  void documentsAreToldFromSentences(String json, boolean nested) throws IOException {
    assertThat(file(json, FileFormat.AUTO).<Boolean>look(EntityJsonReader::isNested))
        .isEqualTo(nested);
  }

  /** A table with a predicate a row is no file of roles: it is read row by row. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AUTO|{\"predicate\":1,\"words\":[\"a\",\"b\"]}|",
        "AUTO|{\"words\":[\"a\"],\"frames\":[]}|JSONL",
        "AUTO|{\"sentences\":[]}|JSONL",
        "AUTO|text,predicate|",
        "AUTO|\"words\";\"predicate\"|",
        "AUTO|tokens,predicate,tags|",
        "AUTO|predicate|CONLL05",
        "AUTO|text|CONLL05",
        "AUTO|Ada -|CONLL05",
        "AUTO|#begin document (a)|CONLL12",
        "CSV|Ada -|",
        "TSV|Ada -|",
        "CONLL12|Ada -|CONLL12",
      })
  void filesOfRolesAreToldFromTables(FileFormat set, String line, FileFormat own)
      throws IOException {
    Optional<FileFormat> told =
        file(line + "\n", set).<Optional<FileFormat>>look(new RoleReader()::ownFormat);
    assertThat(told).isEqualTo(Optional.ofNullable(own));
  }

  @Test
  void aVerbMayComeFirst() throws IOException {
    String document =
        "{\"sentences\":[{\"words\":[\"Go\",\"home\"],\"srl_frames\":[{\"verb\":\"go\",\"frames\":"
            + "[\"B-V\",\"B-ARG4\"]}]}]}";
    Examples<RoleFrame> read = new RoleReader().read(files.write("roles.jsonl", document));
    assertThat(read.usable(BadRowPolicy.REFUSE).get(0).predicate()).isZero();
    Path without = files.write("roles.jsonl", document.replace("B-V", "O"));
    assertThat(new RoleReader().read(without).badRows())
        .extracting(BadRow::cause)
        .containsExactly("'sentences[0].srl_frames[0].frames' has no B-V");
  }

  @Test
  void aLineOfOntoNotesThatIsCutIsABadRow() throws IOException {
    String cut = ONTO_NOTES.replace("a 0 1 sings VBZ * sing 01 1 - * -", "a 0 1 sings VBZ");
    SequenceFiles.assertOneBad(
        read(new ConllReader(), cut), 3, "5 columns; at least 12 are needed");
  }
}
