package org.ptuning4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * The table of families in docs/models.md is what the code does: each method with each kind of head
 * is run on a tiny model of each family, with everything that its checkpoints may have and without
 * pooler and language-model head. CI compares the whole table, other runs the rows of its first
 * family. {@code -Ddocs.write=true} writes the page anew.
 */
class FamiliesPageTest {

  private static final Path PAGE = Path.of("..", "docs", "models.md");
  private static final String BEGIN = "<!-- families: made by FamiliesPageTest -->\n";
  private static final String END = "<!-- end of families -->\n";
  private static final String WORKS = "yes";

  @TempDir Path temp;

  /** The refusals, in the order of their first occurrence. */
  private final List<String> refusals = new ArrayList<>();

  /** Its rows come first, so that refusals have the numbers that they have in the whole table. */
  @Test
  void thePageSaysWhatTheCodeDoesWithTheFirstFamily() throws IOException {
    StringBuilder rows = new StringBuilder();
    rows(rows, TinyFamily.all().get(0));
    assertThat(rows.toString().lines()).hasSizeGreaterThan(1);
    assertThat(Files.readString(PAGE, StandardCharsets.UTF_8))
        .as("%s is not what the code does: run this class with -Ddocs.write=true", PAGE)
        .contains(rows);
  }

  @Tag("ci")
  @Test
  void thePageSaysWhatTheCodeDoes() throws IOException {
    String page = Files.readString(PAGE, StandardCharsets.UTF_8);
    String made = page.replaceFirst("(?s)" + BEGIN + ".*?" + END, BEGIN + table() + END);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, made, StandardCharsets.UTF_8);
    }
    assertThat(page).contains(BEGIN, END);
    assertThat(page)
        .as("%s is not what the code does: run this test with -Ddocs.write=true", PAGE)
        .isEqualTo(made);
  }

  /** Kinds of heads with rows that they can be trained on. */
  private record Lesson(HeadSpec spec, Item item) {

    static List<Lesson> all(SequenceInput input) {
      Item one = Item.of(row());
      return List.of(
          new Lesson(LinearHeadSpec.sequence(2, input, 0), one.withTarget(new Target.Choice(1))),
          new Lesson(
              LinearHeadSpec.multiLabel(2, input, 0),
              one.withTarget(new Target.LabelSet(List.of(true, false)))),
          new Lesson(LinearHeadSpec.regression(input, 0), one.withTarget(new Target.Value(1))),
          new Lesson(
              LinearHeadSpec.choice(input, 0),
              Item.ofCandidates(List.of(row(), row())).withTarget(new Target.Choice(1))),
          new Lesson(
              new TokenHeadSpec(2, 0),
              tokens().withTarget(new Target.Tags(List.of(OptionalInt.of(0), OptionalInt.of(1))))),
          new Lesson(
              new TokenHeadSpec(2, 0, TagHead.CRF),
              tokens().withTarget(new Target.Tags(List.of(OptionalInt.of(0), OptionalInt.of(1))))),
          new Lesson(
              new SpanHeadSpec(),
              tokens().withTarget(new Target.Span(OptionalInt.of(0), OptionalInt.of(1)))),
          new Lesson(
              new VerbalizerHeadSpec(List.of(List.of(11), List.of(12)), false),
              one.withTarget(new Target.Choice(1))),
          new Lesson(
              new CandidateHeadSpec(CandidateHeadSpec.Length.MEAN),
              Item.ofWordings(
                      List.of(row(), row()),
                      List.of(new int[] {1}, new int[] {1, 2}),
                      List.of(new int[] {11}, new int[] {12, 13}))
                  .withTarget(new Target.Choice(1))),
          new Lesson(new VocabularyHeadSpec(List.of()), one.withTarget(new Target.Choice(11))),
          new Lesson(
              new LanguageModelHeadSpec(),
              tokens()
                  .withTarget(new Target.Tags(List.of(OptionalInt.of(32), OptionalInt.of(33))))));
    }

    private static Item tokens() {
      return Item.ofTokens(row(), new int[] {1, 2}, new int[0]);
    }

    private static TokenRow row() {
      return TokenRow.of(new int[] {5, 31, 32, 33, 6}, new int[5]);
    }
  }

  private String table() {
    StringBuilder page = new StringBuilder();
    List<String> kinds =
        Lesson.all(SequenceInput.FIRST_TOKEN).stream().map(each -> each.spec().kind()).toList();
    assertThat(kinds).containsExactlyInAnyOrderElementsOf(Heads.standard().kinds());
    page.append("| family | its checkpoints have | methods | ")
        .append(String.join(" | ", kinds))
        .append(" |\n|")
        .append(" --- |".repeat(3 + kinds.size()))
        .append('\n');
    TinyFamily.all().forEach(family -> rows(page, family));
    page.append("\nAll methods: ")
        .append(
            PromptMethods.standard().names().stream()
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", ")))
        .append(".\n");
    for (int i = 0; i < refusals.size(); i++) {
      page.append('\n')
          .append("[")
          .append(i + 1)
          .append("] `")
          .append(refusals.get(i))
          .append("`\n");
    }
    return page.toString();
  }

  private static BackboneSpec spec(ModelFolder folder) {
    try (Backbone backbone = BackboneFamilies.standard().load(folder, Engine.reference())) {
      return backbone.spec();
    }
  }

  /** The same model without pooler and language-model head. */
  private ModelFolder bare(ModelFolder whole, TinyFamily family) {
    ModelFolder bare = family.write(temp);
    Scope.run(
        () -> {
          Map<String, Tensor> kept = new LinkedHashMap<>();
          try (TensorSource source = whole.tensors()) {
            source.names().stream()
                .filter(name -> !TinyFamily.isOptional(whole, name))
                .forEach(name -> kept.put(name, source.read(name)));
          }
          SafetensorsWriter.write(bare.path().resolve("model.safetensors"), kept, Map.of());
        });
    return bare;
  }

  private void rows(StringBuilder page, TinyFamily family) {
    ModelFolder whole = family.write(temp);
    ModelFolder bare = bare(whole, family);
    rows(page, family, whole);
    if (!spec(whole).equals(spec(bare))) {
      rows(page, family, bare);
    }
  }

  private void rows(StringBuilder page, TinyFamily family, ModelFolder folder) {
    Map<List<String>, List<String>> methods = new LinkedHashMap<>();
    BackboneFamilies families = BackboneFamilies.standard();
    try (Backbone frozen = families.load(folder, Engine.reference());
        Backbone trained = families.loadTrainable(folder, Engine.reference())) {
      for (String name : PromptMethods.standard().names()) {
        PromptMethod method = method(name);
        List<String> outcomes = outcomes(method, method.trainsBackbone() ? trained : frozen);
        methods.computeIfAbsent(outcomes, key -> new ArrayList<>()).add(name);
      }
    }
    methods.forEach(
        (outcomes, names) ->
            page.append("| ")
                .append(types(family))
                .append(" | ")
                .append(facts(spec(folder)))
                .append(" | ")
                .append(methods.size() == 1 ? "all" : String.join(", ", names))
                .append(" | ")
                .append(String.join(" | ", outcomes))
                .append(" |\n"));
  }

  private static String types(TinyFamily family) {
    return family.allTypes().stream()
        .map(type -> "`" + type + "`")
        .collect(Collectors.joining(", "));
  }

  private static String facts(BackboneSpec spec) {
    List<String> facts = new ArrayList<>();
    if (spec.hasPooler()) {
      facts.add("pooler");
    }
    if (spec.hasLanguageModel()) {
      facts.add(
          switch (spec.direction()) {
            case BIDIRECTIONAL -> "masked-LM head";
            case CAUSAL -> "causal-LM head";
            case INFILLING -> "infilling-LM head";
            case ENCODER_DECODER -> "encoder and decoder, causal-LM head";
          });
    }
    return facts.isEmpty() ? "neither pooler nor language-model head" : String.join(", ", facts);
  }

  /** What becomes of a method with each kind of head. */
  private List<String> outcomes(PromptMethod method, Backbone backbone) {
    List<String> outcomes = new ArrayList<>();
    for (Lesson lesson : Lesson.all(SequenceInput.byDefault(backbone.spec()))) {
      outcomes.add(outcome(backbone, method, lesson));
    }
    return outcomes;
  }

  private static PromptMethod method(String name) {
    PromptMethods methods = PromptMethods.standard();
    return methods.get(name).find("prompt-length").isPresent()
        ? methods.create(name, Map.of("prompt-length", 3))
        : methods.create(name, Map.of());
  }

  private String outcome(Backbone backbone, PromptMethod method, Lesson lesson) {
    try {
      lesson.spec().requireFit(backbone.spec(), "MODEL");
      Scope.run(() -> step(backbone, method, lesson));
      return WORKS;
    } catch (InvalidInputException e) {
      String said = e.getMessage().replace("'" + backbone.spec().modelType() + "'", "'TYPE'");
      if (!refusals.contains(said)) {
        refusals.add(said);
      }
      return "[" + (refusals.indexOf(said) + 1) + "]";
    }
  }

  /** A loss, and its gradient wherever something is trained. */
  private static void step(Backbone backbone, PromptMethod method, Lesson lesson) {
    PromptContext context =
        new PromptContext(
            lesson.spec().passed(backbone.spec()),
            backbone.engine(),
            RandomStream.of(1),
            new Words(backbone));
    try (PromptModule prompt = method.create(context);
        Head head = lesson.spec().create(backbone, RandomStream.of(2))) {
      Item item =
          written(summarised(lesson.item(), backbone), lesson.spec(), backbone)
              .withPrefix(method.inputTokens());
      TokenBatch tokens = TokenBatch.of(item.rows(), 0);
      Tensor states =
          backbone
              .forward(
                  tokens,
                  prompt.inject(tokens, Dropout.off()),
                  ForwardOptions.evaluation(head.reads()))
              .lastHidden();
      List<Item> items = List.of(item);
      HeadInput input = new HeadInput(backbone, states, items, Dropout.off());
      Tensor loss = head.loss(head.scores(input), items).mean();
      assertThat(loss.item_double()).isFinite();
      List<Parameter> trained = new ArrayList<>(prompt.parameters());
      trained.addAll(head.parameters());
      trained.addAll(backbone.parameters());
      assertThat(loss.requires_grad()).isEqualTo(!trained.isEmpty());
      if (!trained.isEmpty()) {
        loss.backward();
        prompt
            .parameters()
            .forEach(each -> assertThat(each.tensor().grad().defined()).as(each.name()).isTrue());
      }
    }
  }

  private static Item summarised(Item item, Backbone backbone) {
    return new Item(
        item.rows().stream()
            .map(row -> row.withAnchor(backbone.spec().direction().summary(row.length())))
            .toList(),
        item.reads(),
        item.counts(),
        item.words(),
        item.notes(),
        item.target());
  }

  /** Where words are asked of a model with two halves, its rows have a source before them. */
  private static Item written(Item item, HeadSpec head, Backbone backbone) {
    if (!head.usesLanguageModel() || backbone.spec().direction() != Direction.ENCODER_DECODER) {
      return item;
    }
    int moved = 3;
    return new Item(
        item.rows().stream()
            .map(row -> row.withPrefix(moved))
            .map(row -> new TokenRow(row.ids(), row.typeIds(), new int[0], moved).withTarget(moved))
            .toList(),
        Arrays.stream(item.reads()).map(read -> read + moved).toArray(),
        item.counts(),
        item.words(),
        item.notes(),
        item.target());
  }

  /** A vocabulary with a few tokens that stand for nothing. */
  private record Words(Backbone backbone) implements PromptVocabulary {

    @Override
    public int size() {
      return backbone.spec().vocabulary();
    }

    @Override
    public int[] ids(String text) {
      return new int[] {31};
    }

    @Override
    public OptionalInt id(String token) {
      return token.matches("\\[unused[1-9]\\]")
          ? OptionalInt.of(100 + token.charAt(7) - '0')
          : OptionalInt.empty();
    }

    @Override
    public Tensor vectors(int[] ids) {
      return backbone.wordVectors(ids);
    }
  }
}
