package org.ptuning4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * What a converted model computes, beside what ONNX Runtime computes with the graph itself. The
 * models are the published artefacts that have short names, and tiny ones of PyTorch's exporters;
 * {@code mvn -Ponnxruntime} fetches all of it.
 */
class OnnxRuntimeTest {

  private static final double TOLERANCE = 1e-5;
  private static final float HALFS_ROUNDING = 1e-3f;

  private static final List<String> TEXTS =
      List.of(
          "The quick brown fox jumps over the lazy dog.",
          "Neither funny nor moving, 今天天气很好, and yet it is worth seeing twice.",
          "no");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"all-minilm-l6-v2", "bge-small-en-v1.5", "e5-small-v2", "bge-small-zh-v1.5"})
  void publishedModels(String name) throws IOException, OrtException {
    Path onnx = unpack("/" + name + ".onnx");
    Path tokenizer = unpack("/" + name + "-tokenizer.json");
    Path model = converted(onnx, tokenizer);
    TokenBatch batch;
    try (TextTokenizer reading = TextTokenizer.open(model)) {
      List<Encoding> encodings =
          TEXTS.stream().map(text -> reading.encode(text, null, Truncation.none())).toList();
      batch =
          TokenBatch.of(
              encodings.stream().map(Encoding::ids).toList(),
              encodings.stream().map(encoding -> new int[encoding.length()]).toList(),
              reading.padId());
    }
    assertSame(onnx, model, batch, List.of("input_ids", "attention_mask", "token_type_ids"), false);
  }

  /** Another program's conversions of two of them, in half precision. */
  @ParameterizedTest
  @CsvSource({"all-minilm-l6-v2, minilm-l6", "bge-small-en-v1.5, bge-small-en"})
  void otherConversionsHoldTheSame(String name, String other) throws IOException {
    Path shared = Path.of("..", "..", "shared", "models", other);
    assumeTrue(Files.isDirectory(shared), "skipped: there is no " + shared);
    Path model = converted(unpack("/" + name + ".onnx"), unpack("/" + name + "-tokenizer.json"));
    try (TensorSource ours = Checkpoints.open(model);
        TensorSource theirs = Checkpoints.open(shared)) {
      assertThat(ours.names()).isEqualTo(theirs.names());
      for (String weight : ours.names()) {
        float difference =
            Scope.run(
                () -> {
                  Tensor one = ours.read(weight).to(Dtype.F32.scalarType());
                  Tensor two = theirs.read(weight).to(Dtype.F32.scalarType());
                  return one.sub(two).abs().max().item_float();
                });
        assertThat(difference).as(weight).isLessThan(HALFS_ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "roberta",
        "distilbert",
        "bert-dynamo",
        "roberta-dynamo",
        "distilbert-dynamo"
      })
  void exportsWithAHead(String name) throws IOException, OrtException {
    Path onnx = unpack("/onnx/" + name + ".onnx");
    Path tokenizer = Files.writeString(folder.resolve("t.json"), TinyGraph.TOKENIZER);
    TokenBatch batch =
        TokenBatch.of(
            List.of(new int[] {2, 5, 6, 7, 8, 3}, new int[] {2, 9, 3}),
            List.of(new int[6], new int[3]),
            1);
    List<String> inputs =
        name.startsWith("bert")
            ? List.of("input_ids", "attention_mask", "token_type_ids")
            : List.of("input_ids", "attention_mask");
    assertSame(onnx, converted(onnx, tokenizer), batch, inputs, true);
  }

  private void assertSame(
      Path onnx, Path model, TokenBatch batch, List<String> inputs, boolean words)
      throws OrtException {
    float[][][] expected = output(onnx, batch, inputs); // [B, n, H], or [B, n, V]
    int width = expected[0][0].length;
    float[] found = computed(model, batch, words);
    assertThat(found).hasSize(batch.rows() * batch.columns() * width);
    double largest = 0;
    for (int place = 0; place < batch.rows() * batch.columns(); place++) {
      for (int i = 0; batch.mask()[place] != 0 && i < width; i++) {
        float wanted = expected[place / batch.columns()][place % batch.columns()][i];
        largest = Math.max(largest, Math.abs(wanted - found[place * width + i]));
      }
    }
    assertThat(largest).isLessThan(TOLERANCE);
  }

  private static float[] computed(Path model, TokenBatch batch, boolean words) {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference())) {
      return Scope.run(
          () -> {
            Tensor states =
                backbone
                    .forward(
                        batch,
                        Injection.none(),
                        ForwardOptions.evaluation(ForwardOptions.Positions.ALL))
                    .lastHidden()
                    .reshape(-1, backbone.spec().hidden());
            return Tensors.floats(words ? backbone.languageModel().logits(states) : states);
          });
    }
  }

  private static float[][][] output(Path onnx, TokenBatch batch, List<String> inputs)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<long[]> values = List.of(batch.ids(), batch.mask(), batch.typeIds());
    Map<String, OnnxTensor> tensors = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.put(inputs.get(i), OnnxTensor.createTensor(environment, rows(values.get(i), batch)));
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(onnx.toString(), options);
        OrtSession.Result result = session.run(tensors)) {
      return (float[][][]) result.get(0).getValue();
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static long[][] rows(long[] flat, TokenBatch batch) {
    long[][] rows = new long[batch.rows()][batch.columns()];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(flat, row * batch.columns(), rows[row], 0, batch.columns());
    }
    return rows;
  }

  private Path converted(Path onnx, Path tokenizer) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    OnnxConversion.write(onnx, tokenizer, model);
    return model;
  }

  private Path unpack(String resource) throws IOException {
    Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream in = OnnxRuntimeTest.class.getResourceAsStream(resource)) {
      Files.copy(in, file);
    }
    return file;
  }
}
