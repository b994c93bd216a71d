package org.ptuning4j.data.lama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

class LamaReaderTest {

  private static final String FACT = "{\"sub_label\":\"Tarnby\",\"obj_label\":\"Osland\"}\n";

  @TempDir Path folder;

  @Test
  void factsAreReadByRelationInTheOrderOfNumbers() throws IOException {
    write("P101.jsonl", FACT);
    write(
        "P17.jsonl",
        "{\"sub_label\":\"东京\",\"obj_label\":\"日本\",\"predicate_id\":\"P17\"}\n" + FACT);
    write("relations.jsonl", "{\"relation\":\"P17\",\"template\":\"[X] in [Y]\"}");
    write("notes.txt", "no facts");
    Map<String, Examples<Fact>> facts = new LamaReader().readFolder(folder);
    assertThat(facts.keySet()).containsExactly("P17", "P101");
    assertThat(facts.get("P17").usable(BadRowPolicy.REFUSE))
        .containsExactly(new Fact(1, "P17", "东京", "日本"), new Fact(2, "P17", "Tarnby", "Osland"));
    assertThat(facts.get("P101").fingerprint()).startsWith("sha256:");
  }

  @Test
  void folderOfARelationHasTheRelationInItsRows() throws IOException {
    Path file = write("train.jsonl", FACT.replace("}", ",\"predicate_id\":\"P36\"}"));
    assertThat(new LamaReader().read(file).examples())
        .containsExactly(new Fact(1, "P36", "Tarnby", "Osland"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"sub_label\":\"a\"}|no 'obj_label'",
        "{\"sub_label\":\"\",\"obj_label\":\"b\"}|'sub_label' is blank",
        "{\"sub_label\":1,\"obj_label\":\"b\"}|'sub_label' is the number 1, must be a text",
        "{\"sub_lable\":\"a\",\"obj_label\":\"b\"}|no 'sub_label' (there is 'sub_lable')",
        "{\"sub_label\":\"a\",\"obj_label\":\"b\",\"predicate_id\":\"P19\"}"
            + "|'predicate_id' is 'P19' in the file of P17",
        "{\"sub_label\":\"a\"|not valid JSON",
      })
  void brokenFactIsABadRow(String broken, String cause) throws IOException {
    Examples<Fact> read = new LamaReader().read(write("P17.jsonl", FACT + broken + "\n" + FACT));
    assertThat(read.examples()).extracting(Fact::line).containsExactly(1, 3);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(2);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @Test
  @Tag("large")
  void wrongBytesAndLongLinesAreBadRows() throws IOException {
    Path file = folder.resolve("P2.jsonl");
    Files.write(file, FACT.replace("a", "é").getBytes(StandardCharsets.ISO_8859_1));
    assertThat(new LamaReader().read(file).badRows())
        .singleElement()
        .matches(row -> row.line() == 1 && row.cause().contains("(0xE9) is not UTF-8"));
    Path longLine = write("P3.jsonl", "{\"sub_label\":\"" + "x".repeat(20 << 20) + "\"}\n" + FACT);
    Examples<Fact> read = new LamaReader().read(longLine);
    assertThat(read.examples()).containsExactly(new Fact(2, "P3", "Tarnby", "Osland"));
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
  }

  @Test
  void relationsAreReadInTheirOrder() throws IOException {
    Path file =
        write(
            "relations.jsonl",
            "{\"relation\":\"P17\",\"template\":\"[X] is in [Y] .\",\"label\":\"country\","
                + "\"type\":\"N-1\"}\n{\"relation\":\"P1\",\"template\":\"[Y] has [X] .\"}\n");
    assertThat(new LamaReader().readRelations(file).values())
        .containsExactly(
            new Relation("P17", "[X] is in [Y] .", "country"),
            new Relation("P1", "[Y] has [X] .", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"relation\":\"P1\",\"template\":\"[X] is .\"}"
            + "|relation P1: its template '[X] is .' has no [Y], must have it once",
        "{\"relation\":\"P1\",\"template\":\"[X] [X] [Y] .\"}|has more than one [X]",
        "{\"relation\":\"P1\"}|no 'template'",
        "{\"relation\":\"P0\",\"template\":\"[X] [Y] .\"}|relation P0 is described already",
        "{\"relation\":|not valid JSON",
      })
  void brokenRelationIsRefusedWithItsLine(String broken, String cause) throws IOException {
    String sound = "{\"relation\":\"P0\",\"template\":\"[X] [Y] .\"}\n";
    Path file = write("relations.jsonl", sound + broken);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new LamaReader().readRelations(file))
        .withMessageStartingWith(file + ", line 2: ")
        .withMessageContaining(cause);
  }

  @Test
  void wrongFilesAndFoldersAreRefused() throws IOException {
    LamaReader reader = new LamaReader();
    refused(() -> reader.readFolder(folder), folder + " holds no relation's file");
    refused(() -> reader.readFolder(folder.resolve("no")), "does not exist");
    Path text = write("P1.txt", FACT);
    refused(() -> reader.read(text), text + ": the file's name must be its relation's");
    refused(() -> reader.readFolder(text), text + " is no folder");
    Path empty = write("P1.jsonl", "");
    refused(() -> reader.read(empty), empty + " is empty");
    refused(() -> reader.readFolder(folder), empty + " is empty");
    write("P1.jsonl", FACT);
    write("P1.jsonl.gz", FACT);
    refused(() -> reader.readFolder(folder), "P1.jsonl.gz are of the same relation");
  }

  private static void refused(Runnable reading, String cause) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(reading::run)
        .withMessageContaining(cause);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
