package org.ptuning4j.task.standard;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * Starting points for tasks of one's own: a file in YAML for each kind, with every field explained,
 * that fits an example file which comes with the library. {@link TaskKinds} reads what a YAML
 * parser makes of it.
 */
public final class TaskTemplates {

  private static final List<String> KINDS =
      List.of(
          "sequence-classification",
          "multiple-choice",
          "regression",
          "multi-label",
          "entities",
          "question-answering",
          "roles",
          "cloze",
          "text-generation");

  private static final String CUT =
      """
      max_length: 128                # tokens that are kept, special ones included
      truncation: longest-first      # or only-first, only-second: which of two texts gives way
      """;

  private TaskTemplates() {}

  /** The kinds that there is a start for. */
  public static List<String> kinds() {
    return KINDS;
  }

  /**
   * A commented start for a task of that kind.
   *
   * @throws InvalidInputException listing the kinds, where there is none
   */
  public static String commented(String kind) {
    return switch (kind) {
      case "sequence-classification" -> classification();
      case "multiple-choice" -> choice();
      case "regression" -> regression();
      case "multi-label" -> multiLabel();
      case "entities" -> entities();
      case "question-answering" -> questions();
      case "roles" -> roles();
      case "cloze" -> cloze();
      case "text-generation" -> generation();
      default ->
          throw InvalidInputException.of(
              "no start for a task of kind '%s'; there are: %s%s",
              kind,
              String.join(", ", KINDS),
              Spelling.closest(kind, KINDS).map(n -> "; did you mean '" + n + "'?").orElse(""));
    };
  }

  private static String classification() {
    return """
    # One label for a text, or for a pair of texts. As it is, it fits cb.jsonl.
    kind: sequence-classification
    name: my-task                  # letters, digits, - and _
    description: "does the second text follow from the first?"
    text: premise                  # a column, or a template such as "{word}: {sentence}"
    pair: hypothesis               # the second text; leave the line out for single texts
    label_column: label            # the column with the right answer
    # the labels as the files write them; leave out to take those of the training data
    labels: [entailment, contradiction, neutral]
    label_names: {"neutral": "neither"}   # what to call a label, where its text says little
    metrics: [accuracy, macro_f1]  # the first decides; also weighted_f1, binary_f1, mcc
    """
        + CUT;
  }

  private static String choice() {
    return """
    # Which of a row's own candidates goes with its text. As it is, it fits copa.jsonl.
    kind: multiple-choice
    name: my-choice                # letters, digits, - and _
    description: "which of two is the cause or the effect?"
    context: "{premise} {connective}"  # a column, or a template
    candidates: [choice1, choice2]     # a column or template for each candidate
    # candidates_column: choices   # instead: one column that holds a list of texts
    # a further field, worded after a column (leave out if there is none)
    wording: {"field": "connective", "column": "question", "words": {"cause": "because", "effect": "so"}}
    label_column: label            # an index from 0, a letter from A, or the candidate's text
    """
        + CUT;
  }

  private static String regression() {
    return """
    # A number for a text, or for a pair of texts. As it is, it fits similarity.jsonl.
    kind: regression
    name: my-score                 # letters, digits, - and _
    description: "how alike are two sentences?"
    text: sentence1                # a column, or a template such as "{word}: {sentence}"
    pair: sentence2                # the second text; leave the line out for single texts
    label_column: score            # the column with the number
    min: 0                         # the least value there can be; leave out if there is none
    max: 5                         # the greatest value there can be
    # the first decides; also mae and negative_mse
    metrics: [pearson, spearman, mse]
    """
        + CUT;
  }

  private static String multiLabel() {
    return """
    # Any number of labels for a text, or for a pair. As it is, it fits topics.jsonl.
    kind: multi-label
    name: my-topics                # letters, digits, - and _
    description: "what is the text about?"
    text: text                     # a column, or a template such as "{title}: {body}"
    # pair: body                   # a second text
    label_column: topics           # a list, or a text with separators; empty for no label
    separator: "|"                 # what separates labels in a text
    # all labels; leave out to take those of the training data
    labels: [sea, town, weather]
    threshold: 0.5                 # a label applies above this probability
    metrics: [micro_f1, macro_f1, exact_match]   # the first decides
    """
        + CUT;
  }

  private static String generation() {
    return """
    # A text that a decoder writes after another. As it is, it fits tables.jsonl.
    kind: text-generation
    name: my-tables                # letters, digits, - and _
    description: "a sentence on a table"
    text: source                   # a column, or a template such as "{title}: {body}"
    label_column: target           # the text that is to follow, or a list of right ones
    separator: "\\n"                # what stands between the two
    max_new_tokens: 64             # the most tokens that are written, and learnt of a target
    beams: 1                       # continuations that are followed at once; 1 takes the best token
    length_penalty: 1.0            # above 0, beams favour longer texts
    repetition_penalty: 1.0        # above 1, what the text has already is less likely
    stops: []                      # texts that end what is written
    metrics: [token_accuracy, perplexity]   # the first decides
    """
        + CUT;
  }

  private static String entities() {
    return """
    # A tag for each word. As it is, it fits ner.conll, ner.jsonl and entities.json.
    kind: entities
    name: my-entities              # letters, digits, - and _
    description: "persons and places"
    # all tags, O first; leave out to take those of the training data
    labels: [O, B-LOC, I-LOC, B-PER, I-PER]
    word_column: 1                 # in files of columns: the column of the word, from 1
    # tag_column: 4                # the column of the tag; leave out for the last column
    # scheme: bio                  # how spans are written; leave out to detect it
    comments: false                # whether lines that start with # are comments
    # tag_names: [O, B-LOC, I-LOC] # what numbers stand for, where tags are numbers
    decoding: viterbi              # the best valid sequence; or argmax: each word by itself
    """;
  }

  private static String questions() {
    return """
    # A span of a text that answers a question. As it is, it fits squad.json.
    kind: question-answering
    name: my-questions             # letters, digits, - and _
    description: "answers from a passage"
    unanswerable: true             # whether there are questions without an answer (SQuAD 2.0)
    null_threshold: 0.0            # how much better "no answer" has to be to be given
    best: 20                       # candidates for start and end that are combined
    longest: 30                    # the longest answer, in tokens
    max_length: 384                # tokens of a window, special ones included
    truncation: only-second        # the passage is cut into windows, the question is kept
    stride: 128                    # tokens that neighbouring windows share
    """;
  }

  private static String roles() {
    return """
    # Who does what to whom, for a given predicate. As it is, it fits roles.jsonl.
    kind: roles
    name: my-roles                 # letters, digits, - and _
    description: "the arguments of a predicate"
    # all tags, O first; leave out to take those of the training data
    labels: [O, B-ARG0, I-ARG0, B-ARG1, I-ARG1, B-V, I-V]
    predicate: marker              # how the model is shown the predicate
    decoding: viterbi              # the best valid sequence; or argmax: each word by itself
    """;
  }

  private static String cloze() {
    return """
    # A classification put as a gap to be filled by the model's own words. It fits cb.jsonl.
    kind: cloze
    # the task whose files, labels and metrics these are
    base: {"name": "my-cloze", "text": "premise", "pair": "hypothesis", "labels": ["entailment", "contradiction", "neutral"]}
    # fields in braces, {soft:n} for n trained tokens, {mask} for the gap, {sep} between texts
    template: "{text_a}{sep}{text_b}? {soft:3} answer: {mask}"
    # the words that stand for each label
    words: {"entailment": ["yes"], "contradiction": ["no"], "neutral": ["maybe"]}
    calibrate: false               # whether scores are set off against those of an empty input
    """;
  }
}
