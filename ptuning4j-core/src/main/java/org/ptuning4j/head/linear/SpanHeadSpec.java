package org.ptuning4j.head.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.RandomStream;

/**
 * Where an answer starts and ends in a text, for extractive question answering; {@code span} in
 * packs. An item is one row with the positions at which an answer may start or end (and that of no
 * answer, if there may be none). Its target is a {@link Target.Span} of those positions; its scores
 * are the start's logits, then the end's, 2 × reads.
 */
public record SpanHeadSpec() implements HeadSpec {

  public static final String KIND = "span";

  private static final String NAME = "qa_outputs";

  public static SpanHeadSpec read(HeadSettings settings) {
    settings.only();
    return new SpanHeadSpec();
  }

  private static Map<String, long[]> shapes(int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    HeadWeights.linear(shapes, NAME, hidden, 2);
    return shapes;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (spec.hidden() + 1L) * 2;
  }

  @Override
  public void requireFit(BackboneSpec spec, String model) {
    // every backbone has states at its tokens
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return new SpanHead(
        backbone.engine(), HeadWeights.initialised(shapes, backbone.engine(), random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return new SpanHead(backbone.engine(), HeadWeights.of(shapes, backbone.engine(), values));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    return settings;
  }
}
