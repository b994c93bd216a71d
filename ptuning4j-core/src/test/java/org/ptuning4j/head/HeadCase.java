package org.ptuning4j.head;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec.Length;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHead;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Tensors;

/** A form of each kind, with items of different shapes that it can be trained on. */
record HeadCase(String name, HeadSpec spec, List<Item> items) {

  static final int COLUMNS = 5;

  static Stream<HeadCase> all() {
    List<HeadCase> verbalizers =
        List.of(
            of(
                "plain verbalizer",
                new VerbalizerHeadSpec(List.of(List.of(3), List.of(5, 1), List.of(1)), false),
                sequences(2, 0, 1)),
            of(
                "calibrated verbalizer",
                new VerbalizerHeadSpec(List.of(List.of(3), List.of(5, 1)), true),
                sequences(1, 0, 1)));
    Stream<HeadCase> sequences =
        Stream.of(SequenceInput.values())
            .flatMap(
                input ->
                    Stream.of(
                        of("", LinearHeadSpec.sequence(3, input, 0), sequences(2, 0, 1)),
                        of("", LinearHeadSpec.regression(input, 0), values(2.5, -1, 0)),
                        of("", LinearHeadSpec.multiLabel(2, input, 0), multiLabels()),
                        of("", LinearHeadSpec.choice(input, 0), choices()),
                        of("", LinearHeadSpec.eachCandidate(input, 0), eachChoice())));
    Stream<HeadCase> others =
        Stream.of(
            of("", new TokenHeadSpec(3, 0), tokens()),
            of("", new TokenHeadSpec(4, 0, TagHead.CRF), tokens()),
            of("", new SpanHeadSpec(), spans()),
            of("", new CandidateHeadSpec(Length.MEAN), wordings()),
            of("", new CandidateHeadSpec(Length.SUM), wordings()),
            of("", new LanguageModelHeadSpec(), followed()),
            of("", new VocabularyHeadSpec(List.of()), sequences(6, 0, 1)),
            of("", new VocabularyHeadSpec(List.of(4, 0)), sequences(6, 0, 1)));
    return Stream.of(sequences, verbalizers.stream(), others).flatMap(cases -> cases);
  }

  private static HeadCase of(String name, HeadSpec spec, List<Item> items) {
    return new HeadCase(name + spec, spec, items);
  }

  static TokenRow row(int length, int anchor) {
    return new TokenRow(new int[length], new int[length], new int[0], anchor);
  }

  /** Position by position, −1 for one that does not count. */
  static Target tags(int... labels) {
    return new Target.Tags(Arrays.stream(labels).mapToObj(HeadCase::orOpen).toList());
  }

  /** Its ends, −1 for one that does not count. */
  static Target span(int start, int end) {
    return new Target.Span(orOpen(start), orOpen(end));
  }

  private static OptionalInt orOpen(int index) {
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** 1 for what applies, 0 for what does not. */
  static Target labelSet(int... applies) {
    return new Target.LabelSet(Arrays.stream(applies).mapToObj(each -> each == 1).toList());
  }

  static Target choice(int index) {
    return new Target.Choice(index);
  }

  private static List<Item> sequences(int first, int second, int third) {
    return sequences(choice(first), choice(second), choice(third));
  }

  private static List<Item> values(double first, double second, double third) {
    return sequences(new Target.Value(first), new Target.Value(second), new Target.Value(third));
  }

  private static List<Item> sequences(Target first, Target second, Target third) {
    return List.of(
        Item.of(row(5, 2)).withTarget(first),
        Item.of(row(3, 0)).withTarget(second),
        Item.of(row(4, 3)).withTarget(third));
  }

  private static List<Item> multiLabels() {
    return sequences(labelSet(1, 0), labelSet(1, 1), labelSet(0, 1));
  }

  private static List<Item> choices() {
    return candidates(choice(1), choice(0));
  }

  private static List<Item> eachChoice() {
    return candidates(labelSet(1, 0, 1), labelSet(0, 0));
  }

  private static List<Item> candidates(Target first, Target second) {
    return List.of(
        Item.ofCandidates(List.of(row(4, 0), row(5, 1), row(3, 2))).withTarget(first),
        Item.ofCandidates(List.of(row(2, 0), row(5, 3))).withTarget(second));
  }

  private static List<Item> tokens() {
    int[] none = new int[0];
    return List.of(
        Item.ofTokens(row(5, 0), new int[] {1, 2, 4}, none).withTarget(tags(2, -1, 0)),
        Item.ofTokens(row(3, 0), new int[] {1}, none).withTarget(tags(1)),
        Item.ofTokens(row(4, 0), new int[] {0, 3}, none).withTarget(tags(0, 2)));
  }

  private static List<Item> followed() {
    int[] none = new int[0];
    return List.of(
        Item.ofTokens(row(5, 0), new int[] {2, 3, 4}, none).withTarget(tags(6, 0, 3)),
        Item.ofTokens(row(3, 0), new int[] {1}, none).withTarget(tags(5)),
        Item.ofTokens(row(4, 0), new int[] {2, 3}, none).withTarget(tags(1, 1)));
  }

  private static List<Item> spans() {
    int[] none = new int[0];
    return List.of(
        Item.ofTokens(row(5, 0), new int[] {0, 2, 3, 4}, none).withTarget(span(1, 3)),
        Item.ofTokens(row(3, 0), new int[] {0, 2}, none).withTarget(span(0, -1)),
        Item.ofTokens(row(4, 0), new int[] {1, 2, 3}, none).withTarget(span(-1, 2)));
  }

  private static List<Item> wordings() {
    Item three =
        Item.ofWordings(
            List.of(row(4, 1), row(5, 1), row(5, 2)),
            List.of(new int[] {1}, new int[] {1, 2, 3}, new int[] {2, 4}),
            List.of(new int[] {6}, new int[] {0, 3, 2}, new int[] {1, 1}));
    Item two =
        Item.ofWordings(
            List.of(row(3, 0), row(5, 3)),
            List.of(new int[] {0, 1}, new int[] {3}),
            List.of(new int[] {5, 4}, new int[] {2}));
    return List.of(three.withTarget(choice(2)), two.withTarget(choice(0)));
  }

  /** States for all rows of the items, at all positions, {@code [R, COLUMNS, H]}. */
  Tensor states() {
    int rows = items.stream().mapToInt(item -> item.rows().size()).sum();
    return RandomStream.of(11).gaussian(1, rows, COLUMNS, FakeBackbone.HIDDEN);
  }

  /** What the backbone would give the head of such states. */
  static HeadInput input(Head head, FakeBackbone backbone, Tensor states, List<Item> items) {
    HeadInput all = new HeadInput(backbone, states, items, Dropout.off());
    return head.reads() == Positions.ALL
        ? all
        : new HeadInput(backbone, all.anchors().unsqueeze(1), items, Dropout.off());
  }

  /** A head far from its flat start. */
  Head head(FakeBackbone backbone) {
    Head head = spec.create(backbone, RandomStream.of(7));
    if (head instanceof VerbalizerHead verbalizer && verbalizer.spec().calibrated()) {
      verbalizer.calibrate(Tensors.of(new float[] {0.5f, -1, 0, 2}, 2, 2));
    }
    Autograd.withoutGraph(
        () ->
            head.parameters().stream()
                .filter(
                    parameter ->
                        parameter.name().startsWith("classifier")
                            || parameter.name().startsWith("qa_outputs"))
                .forEach(p -> p.tensor().mul_(new Scalar(30))));
    Autograd.withoutGraph(
        () ->
            head.parameters().stream()
                .filter(parameter -> parameter.name().equals("transitions"))
                .forEach(
                    p ->
                        p.tensor()
                            .copy_(RandomStream.of(3).gaussian(1, Tensors.shape(p.tensor())))));
    return head;
  }

  @Override
  public String toString() {
    return name;
  }
}
