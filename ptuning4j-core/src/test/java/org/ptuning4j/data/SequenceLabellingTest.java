package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** Entities and roles: the examples, broken files and the real data sets. */
class SequenceLabellingTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(TagScheme.class)
  void schemesWriteTheSameSpans(TagScheme scheme) {
    List<LabelledSpan> spans =
        List.of(
            new LabelledSpan(0, 1, "A"), new LabelledSpan(1, 3, "A"), new LabelledSpan(3, 6, "B"));
    List<String> tags = scheme.fromSpans(7, spans);
    assertThat(scheme.spans(tags)).isEqualTo(spans);
    assertThat(TagScheme.IOB2.spans(scheme.toIob2(tags))).isEqualTo(spans);
    assertThat(TagScheme.detect(List.of(tags))).contains(scheme);
    assertThat(TagScheme.parse(scheme.label())).isEqualTo(scheme);
    assertThat(TagScheme.IOB2.problem(List.of("O", "O", "I-PER")))
        .contains("'I-PER' at word 3 continues nothing in IOB2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ner.conll", "ner.jsonl", "entities.json"})
  void entityExamplesAreSound(String name) throws IOException {
    Path file = example(name);
    Examples<TaggedSentence> read =
        name.endsWith("conll") ? new ConllReader().read(file) : new EntityJsonReader().read(file);
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples()).hasSize(2);
    assertThat(read.examples().get(0).tags()).startsWith("B-PER", "I-PER", "O");
  }

  @ParameterizedTest
  @CsvSource({"roles.jsonl,2", "roles.conll05,1", "roles.conll12,1"})
  void roleExamplesAreSound(String name, int frames) throws IOException {
    Examples<RoleFrame> read = new RoleReader().read(example(name));
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples()).hasSize(frames);
    RoleFrame first = read.examples().get(0);
    assertThat(first.predicate()).isEqualTo(1);
    assertThat(first.lemma()).isEqualTo("sell");
    assertThat(first.tags().get(1)).isEqualTo("B-V");
  }

  @Test
  void badSentencesOfColumnsAreNamedAtTheirLine() throws IOException {
    Path file = folder.resolve("a.conll");
    Files.write(
        file,
        "a O\nb\n\nc O\nd X\n\ne O\nf I-P\n\n\u00fc O\n\nh B-P\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    Examples<TaggedSentence> read = new ConllReader().withScheme(TagScheme.IOB2).read(file);
    assertThat(read.examples()).extracting(TaggedSentence::line).containsExactly(12);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(2, 5, 8, 10);
    assertThat(read.badRows().get(3).cause()).contains("is not UTF-8");
    Files.writeString(file, "");
    assertThatThrownBy(() -> new ConllReader().read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + " is empty");
  }

  @Test
  void brokenJsonAndBracketsAreBadRows() throws IOException {
    Path json = Files.writeString(folder.resolve("a.json"), "[{\"tokens\":[\"a\"],\"tags\":[\"O\"]},\n{");
    Examples<TaggedSentence> read = new EntityJsonReader().read(json);
    assertThat(read.examples()).hasSize(1);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(2);
    Path roles = Files.writeString(folder.resolve("b.txt"), "a - (A0*\nb see (V*)\n\nc see (V*)\n");
    Examples<RoleFrame> frames = new RoleReader().read(roles);
    assertThat(frames.examples()).hasSize(1);
    assertThat(frames.badRows().get(0).toString()).contains("line 1: '(A0*' opens a bracket");
  }

  @Test
  void realDataSetsHaveNoBadRows() {
    Optional<Path> data =
        Stream.of(System.getProperty("shared.dir"), "shared", "../shared", "../../shared")
            .filter(Objects::nonNull)
            .map(name -> Path.of(name, "data"))
            .filter(Files::isDirectory)
            .findFirst();
    assumeTrue(data.isPresent(), "the shared data sets are not here (-Dshared.dir=DIR)");
    Path d = data.get();
    check(new ConllReader().read(d.resolve("wnut17/wnut17train.conll")), 3394);
    check(new ConllReader().read(d.resolve("wnut17/emerging.dev.conll")), 1009);
    check(new EntityJsonReader().read(d.resolve("conll04/conll04_train.json")), 922);
    check(new EntityJsonReader().read(d.resolve("conll04/conll04_dev.json")), 231);
    check(new RoleReader().read(d.resolve("propbank-ewt/train.jsonl")), 40391);
    check(new RoleReader().read(d.resolve("propbank-ewt/dev.jsonl")), 4913);
  }

  private static void check(Examples<?> read, int count) {
    assertThat(read.badRows()).isEmpty();
    assertThat(read.examples()).hasSize(count);
  }

  private Path example(String name) throws IOException {
    Path file = folder.resolve(name);
    try (var in = ConllReader.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }
}
