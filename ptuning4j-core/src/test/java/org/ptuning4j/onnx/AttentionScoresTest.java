package org.ptuning4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

class AttentionScoresTest {

  private static final List<String> WAYS =
      List.of("divided", "multiplied", "queries", "both", "computed", "power");

  @TempDir Path folder;
  private Conversions conversions;

  @BeforeEach
  void inAFolder() {
    conversions = new Conversions(folder);
  }

  @Test
  void theScaleMayBeWrittenInManyWays() throws IOException {
    for (boolean distil : List.of(false, true)) {
      for (String way : WAYS) {
        TinyGraph graph = new TinyGraph("", distil);
        graph.scale = way;
        assertThat(conversions.convert(graph).resolve("config.json")).as(way).exists();
      }
    }
    for (TensorProto.DataType type :
        List.of(TensorProto.DataType.FLOAT16, TensorProto.DataType.BFLOAT16)) {
      for (String way : List.of("divided", "both")) {
        TinyGraph graph = TinyGraph.bert();
        graph.halves = type;
        graph.epsilon = 1e-5;
        graph.scale = way;
        assertThat(conversions.convert(graph).resolve("config.json")).as(way).exists();
      }
    }
  }

  @Test
  void anotherScaleIsRefusedByItsValue() {
    for (String way : List.of("divided", "multiplied", "queries", "both", "power")) {
      TinyGraph graph = TinyGraph.bert();
      graph.scale = way;
      graph.power = -1;
      assertThatThrownBy(() -> conversions.convert(graph))
          .as(way)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("attention in layer 0 are multiplied by 0.25; 0.5 is expected");
    }
    TinyGraph plain = TinyGraph.bert();
    plain.scale = "none";
    assertThatThrownBy(() -> conversions.convert(plain))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("multiplied by 1.0; 0.5 is expected");
  }

  @Test
  void aScaleThatCannotBeToldIsRefused() {
    TinyGraph graph = TinyGraph.bert();
    graph.scale = "length";
    assertThatThrownBy(() -> conversions.convert(graph))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("what the scores of attention are multiplied by");
  }

  @Test
  void thePaddingMayBeMaskedInManyWays() throws IOException {
    for (String way : List.of("padding", "filled", "none")) {
      TinyGraph graph = TinyGraph.bert();
      graph.mask = way;
      assertThat(conversions.convert(graph).resolve("config.json")).as(way).exists();
    }
  }

  @Test
  void otherMasksAreRefused() {
    List<List<String>> masks =
        List.of(
            List.of("weak", "too small"),
            List.of("causal", "Trilu"),
            List.of("compared", "LessOrEqual"),
            List.of("window", "Sub"),
            List.of("table", "a table of the shape [2, 2]"));
    for (List<String> each : masks) {
      TinyGraph graph = TinyGraph.bert();
      graph.mask = each.get(0);
      assertThatThrownBy(() -> conversions.convert(graph))
          .as(each.get(0))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("attention in layer 0 is not masked as the padding is")
          .hasMessageContaining(each.get(1));
    }
  }
}
