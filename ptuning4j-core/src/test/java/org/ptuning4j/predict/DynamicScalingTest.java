package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.tensor.engine.Precision;

/** Texts beyond a model's pretrained length, whose rotation depends on how long they are. */
class DynamicScalingTest {

  private static final int PRETRAINED = 40;

  @TempDir private Path folder;

  @Test
  void textsThatBeginAlikeAreWrittenAsEachAlone() throws IOException {
    String beginning = "the river and the town by the sea ".repeat(6);
    List<Request> requests =
        Stream.of("one", "another way to go on", "rain")
            .map(end -> Generator.plain(beginning + end))
            .toList();
    GenerationSettings settings = GenerationSettings.greedy().withMaxNewTokens(6);
    try (Generator generator = Generator.open(scaled(), Precision.FP32)) {
      List<Continuation> together = written(generator, requests, settings);
      for (int i = 0; i < requests.size(); i++) {
        Continuation alone = written(generator, List.of(requests.get(i)), settings).get(0);
        assertThat(together.get(i).text()).isEqualTo(alone.text());
        assertThat(together.get(i).logProbability())
            .isCloseTo(alone.logProbability(), within(1e-4));
      }
    }
  }

  private static List<Continuation> written(
      Generator generator, List<Request> requests, GenerationSettings settings) {
    return generator.generate(requests, settings, TextListener.NONE).stream()
        .map(each -> ((GeneratedAnswer) each.orElseThrow()).continuations().get(0))
        .toList();
  }

  private Path scaled() throws IOException {
    Path model = GoldenSet.folder().resolve("llama").resolve("model");
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = (ObjectNode) json.readTree(model.resolve("config.json").toFile());
    config.put("max_position_embeddings", PRETRAINED).remove("rope_parameters");
    config.putObject("rope_scaling").put("rope_type", "dynamic").put("factor", 8.0);
    json.writeValue(folder.resolve("config.json").toFile(), config);
    return folder;
  }
}
