package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.task.LabelAnswer;

/** What README.md and docs/generation.md show is what is compiled, and it works. */
class ReadmeExampleTest {

  @Test
  void readmeShowsTheExampleLineForLine() throws IOException {
    List<String> example = example("ReadmeExample");
    assertThat(lines("README.md")).containsSequence(example);
    assertThat(example).hasSizeLessThanOrEqualTo(20);
  }

  @Test
  void thePageOnGenerationShowsItsExampleLineForLine() throws IOException {
    assertThat(lines("docs/generation.md")).containsSequence(example("WritingExample"));
  }

  private static List<String> example(String name) throws IOException {
    List<String> source = lines("ptuning4j-core/src/test/java/org/ptuning4j/" + name + ".java");
    return source.subList(source.indexOf("public final class " + name + " {"), source.size());
  }

  @Test
  void theExampleOfGenerationTrainsWritesAndScores(@TempDir Path folder) throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"source": "fox", "target": "the fox"}
            {"source": "dog", "target": "the dog"}
            """,
            StandardCharsets.UTF_8);
    Path passages =
        Files.writeString(
            folder.resolve("passages.jsonl"),
            "{\"text\": \"the quick brown fox\"}\n",
            StandardCharsets.UTF_8);
    Path model = TinyModel.folder("gpt2");

    WritingExample.train(model, rows, rows, folder.resolve("run"));
    List<Continuation> written = WritingExample.write(model, folder.resolve("run/pack"), "fox");

    assertThat(written).hasSize(1);
    assertThat(written.get(0).tokens()).hasSizeBetween(1, 40);
    assertThat(WritingExample.lastWords(model, passages)).isBetween(0.0, 1.0);
  }

  @Test
  void exampleTrainsAndPredicts(@TempDir Path folder) {
    Path train = TinyModel.data(folder.resolve("train.jsonl"), 256, 1);
    Path dev = TinyModel.data(folder.resolve("dev.jsonl"), 64, 2);
    Path out = folder.resolve("run");
    LabelAnswer prediction =
        ReadmeExample.trainAndPredict(TinyModel.bert(), train, dev, out, "the lazy pizza")
            .oneLabel()
            .orElseThrow();
    assertThat(prediction.label()).isEqualTo("bad");
    assertThat(prediction.probabilities()).containsOnlyKeys("good", "bad");
    assertThat(GoldenSet.json(out.resolve("result.json")).at("/best/accuracy").asDouble())
        .isGreaterThan(0.6);
  }

  /** The lines of a file of the checkout, which may lie above the working directory. */
  private static List<String> lines(String file) throws IOException {
    Path found =
        Stream.of(".", "..", "../..")
            .map(folder -> Path.of(folder, file))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> new IOException(file + " is not in or above the working directory"));
    return Files.readAllLines(found, StandardCharsets.UTF_8);
  }
}
