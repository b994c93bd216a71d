package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;

/** No case of a supported family is passed over in silence: there is a test for each kind. */
class GoldenCoverageTest {

  /** The kinds of cases of an architecture, and the tests that run them. */
  private static final Map<String, String> RUN =
      Map.ofEntries(
          Map.entry("forward", "GoldenBackboneTest"),
          Map.entry("prefix_forward", "GoldenBackboneTest"),
          Map.entry("seqcls", "GoldenHeadTest"),
          Map.entry("regression", "GoldenHeadTest"),
          Map.entry("multilabel", "GoldenHeadTest"),
          Map.entry("mc", "GoldenHeadTest"),
          Map.entry("tokcls", "GoldenHeadTest"),
          Map.entry("qa", "GoldenHeadTest"),
          Map.entry("mlm", "GoldenLanguageModelTest"),
          Map.entry("lm", "GoldenCausalLanguageModelTest"),
          Map.entry("generate", "GoldenContinuationTest"),
          Map.entry("ptuning_v1", "GoldenLanguageModelTest, GoldenHeadTest"),
          Map.entry("t5", "GoldenEncoderDecoderTest"),
          Map.entry("t5_encoder", "GoldenEncoderDecoderTest"),
          Map.entry("t5_soft", "GoldenEncoderDecoderTest"),
          Map.entry("t5_prefix", "GoldenEncoderDecoderTest"),
          Map.entry("t5_generate", "GoldenEncoderDecoderTest"),
          Map.entry("soft_forward", "GoldenSoftTokensTest"),
          Map.entry("soft_seqcls", "GoldenSoftTokensTest"),
          Map.entry("soft_seqcls_ptv2_repo", "GoldenOddCasesTest"),
          Map.entry("discriminator", "GoldenOddCasesTest"));

  @Test
  void everyKindOfCaseOfASupportedArchitectureIsRun() {
    Set<String> unknown = new TreeSet<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (JsonNode node : GoldenSet.json(folder.resolve("cases.json")).get("cases")) {
        String kind = node.get("kind").asText();
        if (!RUN.containsKey(kind)) {
          unknown.add(folder.getFileName() + ": " + kind);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  /** Of each family that the library claims, the copies among the resources have an example. */
  @Test
  void everyFamilyHasCases() {
    Set<String> types = new TreeSet<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      types.add(ModelFolder.open(folder.resolve("model")).modelType());
    }
    types.add("camembert"); // RoBERTa under another name
    types.addAll(Set.of("mistral", "qwen2")); // Llama with other options: LlamaConfigTest
    types.addAll(Set.of("mpnet", "gemma3_text")); // among the copies only: golden/make.py
    types.add("glm"); // the papers'; no other implementation is at hand: GlmParityTest
    types.add("mt5"); // a T5 with other options: T5FamilyTest
    types.add("gemma3"); // Gemma's language model in another file: Gemma3FamilyTest
    assertThat(types).containsAll(BackboneFamilies.standard().modelTypes());
  }

  /** A folder that looks like neither an architecture nor one of these would be left out. */
  @Test
  void everyFolderIsOneThatSomeTestReads() {
    Set<String> others =
        Set.of("training", "prompt_encoders", "loading", "tables", "metrics", "peft");
    Set<String> strange = new TreeSet<>();
    for (Path folder : folders()) {
      boolean architecture = Files.exists(folder.resolve("model"));
      if (!architecture && !others.contains(folder.getFileName().toString())) {
        strange.add(folder.getFileName().toString());
      }
    }
    assertThat(strange).isEmpty();
  }

  private static Set<Path> folders() {
    try (Stream<Path> files = Files.list(GoldenSet.folder())) {
      return new TreeSet<>(files.filter(Files::isDirectory).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
