package org.ptuning4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A model's folder with values of wrong types, impossible sizes and random damage (the same in
 * every run) in its JSON files: it is opened or refused by name, and nothing else happens.
 */
class DamagedModelTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> WRONG =
      List.of("null", "true", "\"a text\"", "-1", "0", "2147483647", "1e308", "[]", "{}", "[1]");

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private byte[] sound(String file) throws IOException {
    return Files.readAllBytes(TinyModel.bert().resolve(file));
  }

  /** Opens the model and tokenizes a text; whether that went well. */
  private boolean open(String damage) {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      ModelFolder model = ModelFolder.open(folder);
      new ModelCheck(model, BackboneFamilies.standard()).remarks(tokenizer);
      try (Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference())) {
        assertThat(backbone.spec().layers()).as(damage).isPositive();
      }
      assertThat(tokenizer.encode("the quick brown fox", null, Truncation.to(8)).ids())
          .hasSizeLessThanOrEqualTo(8);
      return true;
    } catch (InvalidInputException e) {
      assertThat(e).as(damage).hasMessageContaining(folder.toString());
      return false;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return fail("%s: %s", damage, e);
    }
  }

  @Test
  void everyFieldOfTheConfigWithEveryWrongValue() throws IOException {
    JsonNode sound = JSON.readTree(sound("config.json"));
    int refused = 0;
    for (String field : names(sound)) {
      for (String value : WRONG) {
        ObjectNode damaged = sound.deepCopy();
        damaged.set(field, JSON.readTree(value));
        Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(damaged));
        refused += open("config.json: " + field + " = " + value) ? 0 : 1;
      }
    }
    assertThat(refused).isGreaterThan(names(sound).size());
  }

  @Test
  void everyPartOfTheTokenizerWithEveryWrongValue() throws IOException {
    JsonNode sound = JSON.readTree(sound("tokenizer.json"));
    int refused = 0;
    for (List<String> path : paths(sound)) {
      for (String value : WRONG) {
        ObjectNode damaged = sound.deepCopy();
        ObjectNode parent = damaged;
        for (String step : path.subList(0, path.size() - 1)) {
          parent = (ObjectNode) parent.get(step);
        }
        parent.set(path.get(path.size() - 1), JSON.readTree(value));
        Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(damaged));
        refused += open("tokenizer.json: " + path + " = " + value) ? 0 : 1;
      }
    }
    assertThat(refused).isGreaterThan(50);
  }

  /** Every field on the first two floors. */
  private static List<List<String>> paths(JsonNode root) {
    List<List<String>> paths = new ArrayList<>();
    for (String name : names(root)) {
      paths.add(List.of(name));
      if (root.get(name).isObject()) {
        names(root.get(name)).forEach(inner -> paths.add(List.of(name, inner)));
      }
    }
    return paths;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "model.safetensors"
      })
  void randomDamageAndShortenedFiles(String file) throws IOException {
    byte[] sound = sound(file);
    SplittableRandom random = new SplittableRandom(file.length());
    for (int i = 0; i < 60; i++) {
      byte[] damaged = sound.clone();
      if (i % 3 == 0) {
        damaged = Arrays.copyOf(sound, random.nextInt(sound.length));
      } else {
        // Half of a model's file is numbers, of which any are as good as others: aim at the head.
        int most = Math.min(sound.length, 4096);
        for (int change = random.nextInt(1, 4); change > 0; change--) {
          damaged[random.nextInt(most)] = (byte) random.nextInt();
        }
      }
      Files.write(folder.resolve(file), damaged);
      boolean opened = open(file + ", damage " + i);
      if (i % 3 == 0 && file.equals("model.safetensors")) {
        assertThat(opened).as("shortened to %d", damaged.length).isFalse();
      }
    }
  }
}
