package org.ptuning4j.tensor.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.TorchPickleFile;

/**
 * Checkpoints that others published as pickles, against the same models as safetensors files, whose
 * tensors have the names and layouts of the Hugging Face families.
 */
class PublishedCheckpointsTest {

  @ParameterizedTest
  @CsvSource({
    "graphcodebert-clone, graphcodebert_clone_3.bin, graphcodebert_clone_3.safetensors, 205",
    "rnabert, RNABERT.pth, model.safetensors, 117",
    "rnabert, bert_mul_2.pth, model.safetensors, 117",
  })
  void everyTensorIsTheSameUnderItsNewName(
      String model, String pickle, String safetensors, int tensors) {
    Path folder = models().resolve(model);
    try (TensorSource read = Checkpoints.open(folder.resolve(pickle));
        TensorSource expected = Checkpoints.open(folder.resolve(safetensors))) {
      Set<String> names =
          read.names().stream()
              .filter(name -> !name.endsWith("position_ids"))
              .collect(Collectors.toSet());
      assertThat(names).hasSize(tensors);
      assertThat(names.stream().map(PublishedCheckpointsTest::renamed))
          .containsExactlyInAnyOrderElementsOf(expected.names());
      for (String name : names) {
        assertThat(isSame(read, name, expected)).as(name).isTrue();
      }
    }
  }

  private static boolean isSame(TensorSource read, String name, TensorSource expected) {
    String other = renamed(name);
    assertThat(read.info(name).shape()).as(name).isEqualTo(expected.info(other).shape());
    return Scope.run(() -> read.read(name).equal(expected.read(other)));
  }

  private static String renamed(String name) {
    return name.replaceFirst("^(module|encoder(?=\\.roberta))\\.", "")
        .replace("LayerNorm.gamma", "LayerNorm.weight")
        .replace("LayerNorm.beta", "LayerNorm.bias")
        .replace(".selfattn.", ".self.")
        .replaceFirst("^encoder\\.classifier", "unused.encoder.classifier");
  }

  @Test
  void theNestedCheckpointOfASmallGptHoldsTheConvertedWeights() {
    Path folder = models().resolve("tinygpt-shakespeare-char");
    try (TorchPickleFile read = TorchPickleFile.open(folder.resolve("tiny_gpt.pt"));
        TensorSource expected = Checkpoints.open(folder)) {
      assertThat(read.names()).hasSize(57);
      assertThat(read.ignored()).containsExactly("config");
      assertThat(read.read("token_embedding.weight").equal(expected.read("transformer.wte.weight")))
          .isTrue();
      assertThat(read.read("pos_embedding.weight").equal(expected.read("transformer.wpe.weight")))
          .isTrue();
      for (int layer = 0; layer < 4; layer++) {
        String block = "blocks." + layer + ".";
        String h = "transformer.h." + layer + ".";
        Scope.run(() -> assertLayer(read, block, expected, h));
      }
    }
  }

  private static void assertLayer(
      TensorSource read, String block, TensorSource expected, String h) {
    TensorVector queryKeyValue =
        new TensorVector(
            read.read(block + "attn.W_q.weight"),
            read.read(block + "attn.W_k.weight"),
            read.read(block + "attn.W_v.weight"));
    assertSame(torch.cat(queryKeyValue, 0).t(), expected, h + "attn.c_attn.weight");
    assertSame(read.read(block + "out_proj.weight").t(), expected, h + "attn.c_proj.weight");
    assertSame(read.read(block + "mlp.fc1.weight").t(), expected, h + "mlp.c_fc.weight");
    assertSame(read.read(block + "mlp.fc1.bias"), expected, h + "mlp.c_fc.bias");
    assertSame(read.read(block + "mlp.fc2.weight").t(), expected, h + "mlp.c_proj.weight");
    assertSame(read.read(block + "mlp.fc2.bias"), expected, h + "mlp.c_proj.bias");
    for (String norm : new String[] {"1.weight", "1.bias", "2.weight", "2.bias"}) {
      assertSame(read.read(block + "ln" + norm), expected, h + "ln_" + norm);
    }
  }

  private static void assertSame(Tensor read, TensorSource expected, String name) {
    assertThat(read.equal(expected.read(name))).as(name).isTrue();
  }

  private static Path models() {
    String property = System.getProperty("shared.dir");
    Stream<Path> places =
        property == null
            ? Stream.of(Path.of("..", "shared"), Path.of("..", "..", "shared"))
            : Stream.of(Path.of(property));
    Path found =
        places
            .filter(place -> Files.isDirectory(place.resolve("models/odd")))
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(
        found != null, "skipped: no folder of shared models (-Dshared.dir=<folder>)");
    return found.resolve("models").resolve("odd");
  }
}
