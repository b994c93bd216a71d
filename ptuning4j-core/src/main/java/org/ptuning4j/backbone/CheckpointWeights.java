package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.WeightReport.Entry;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.TensorInfo;
import org.ptuning4j.tensor.file.TensorMemory;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * A checkpoint's tensors under the names that the backbone uses. It forgives what checkpoints
 * differ in (a prefix such as {@code bert.}, what programs put before all names, LayerNorm's old
 * names gamma and beta, heads of other tasks, saved buffers, a language-model head of another size)
 * and nothing else; what it passes over is among the report's notes.
 */
public final class CheckpointWeights implements AutoCloseable {

  /** Bytes that are read at once of a tensor that is not kept as it is, if a row is no larger. */
  private static final long BLOCK = 1 << 18;

  private final TensorSource source;
  private final WeightLayout layout;
  private final NamePrefix prefix;
  private final Map<String, String> sourceNames; // the backbone's name to the file's
  private final Map<String, String> headNames; // the language-model head's name to the file's
  private final List<String> ignored;

  /**
   * Takes one block after the other; null before the first. One for all tensors: if each had its
   * own, the weights that stay would lie around the holes that they leave.
   */
  private Tensor buffer;

  private CheckpointWeights(TensorSource source, WeightLayout layout) {
    this.source = source;
    this.layout = layout;
    this.prefix = NamePrefix.find(source, layout);
    this.sourceNames = new TreeMap<>();
    this.headNames = headNames(source, layout.languageModel(), prefix);
    this.ignored = new ArrayList<>();
    for (String name : source.names()) {
      if (headNames.containsValue(name)) {
        continue;
      }
      Optional<String> own = prefix.own(name, layout);
      if (own.isEmpty() || layout.isBuffer(own.get())) {
        ignored.add(name);
      } else {
        sourceNames.put(modern(own.get()), name);
      }
    }
    layout
        .copies()
        .forEach(
            (copy, own) -> {
              if (!sourceNames.containsKey(own)) {
                fileName(copy)
                    .ifPresent(
                        name -> {
                          sourceNames.put(own, name);
                          ignored.remove(name);
                        });
              }
            });
    // What the backbone has in common with its language-model head belongs to both.
    headNames.forEach(
        (own, name) -> {
          if (layout.shapes().containsKey(own)) {
            sourceNames.put(own, name);
          }
        });
  }

  /** What the file calls one of the backbone's own names, if it has it. */
  private Optional<String> fileName(String own) {
    return source.names().stream()
        .filter(name -> prefix.own(name, layout).filter(own::equals).isPresent())
        .findFirst();
  }

  /**
   * Opens a folder's tensors and matches their names; nothing is read yet.
   *
   * @throws InvalidInputException if the file holds several models of this kind
   */
  public static CheckpointWeights open(ModelFolder folder, WeightLayout layout) {
    TensorSource source = folder.tensors();
    try {
      return new CheckpointWeights(source, layout);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** A tensor under its own name wins over another spelling of it: the two are one, saved twice. */
  private static Map<String, String> headNames(
      TensorSource source, LanguageModelLayout head, NamePrefix prefix) {
    Map<String, String> names = new TreeMap<>();
    for (String name : source.names()) {
      String modern = modern(prefix.unwrapped(name));
      String own = head.otherNames().getOrDefault(modern, modern);
      if (head.shapes().containsKey(own) && (own.equals(modern) || !names.containsKey(own))) {
        names.put(own, name);
      }
    }
    return names;
  }

  /** LayerNorm's weights were once called gamma and beta. */
  static String modern(String name) {
    return name.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
        .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
  }

  /** Whether the checkpoint has a tensor, of the backbone or of the language-model head. */
  public boolean has(String name) {
    return sourceNames.containsKey(name) || headNames.containsKey(name);
  }

  /**
   * Whether the checkpoint has a language-model head that is whole and of the right shapes; one
   * without weights of its own, as GPT-2's is, needs none.
   */
  public boolean hasLanguageModel() {
    LanguageModelLayout head = layout.languageModel();
    boolean ownsNothing = head.optional().containsAll(head.shapes().keySet());
    return (ownsNothing || !headNames.isEmpty()) && headFaults().isEmpty();
  }

  /**
   * Reads a tensor, in the file's type.
   *
   * @throws InvalidInputException if it is missing
   */
  public Tensor read(String name) {
    return source.read(sourceName(name));
  }

  /**
   * Reads a tensor into memory that is there, in its type. Where that is not the file's, or the
   * memory not in one piece, a few rows are read at a time: no more of the tensor is in memory
   * twice.
   *
   * @param target a CPU tensor with as many values, in the same order; its first dimension may be
   *     only a part of the tensor's, as in {@code [A, d, in]} for {@code [A·d, in]}
   * @throws InvalidInputException if the tensor is missing
   */
  public void read(String name, Tensor target) {
    String file = sourceName(name);
    TensorInfo info = source.info(file);
    Scope.run(
        () -> {
          if (info.dtype() == Tensors.dtype(target) && target.is_contiguous()) {
            source.fill(file, 0, target.view(info.dimensions()));
          } else if (info.shape().isEmpty()) {
            target.copy_(source.read(file));
          } else {
            readInBlocks(name, info.shape().get(0) / target.size(0), target);
          }
        });
  }

  /**
   * Reads a tensor a few rows at a time.
   *
   * @param each how many of its rows make one of the target's
   */
  private void readInBlocks(String name, long each, Tensor target) {
    blocks(
        name,
        each,
        (first, rows) -> {
          Tensor place = target.narrow(0, first / each, rows.size(0) / each);
          place.copy_(rows.view_as(place));
        });
  }

  /** Whether two tensors of the same shape hold the same values, in whatever types. */
  public boolean isSame(String name, String other) {
    String file = sourceName(other);
    boolean[] same = {true};
    blocks(
        name,
        (first, rows) -> {
          if (same[0]) {
            Tensor others = source.rows(file, first, rows.size(0));
            same[0] = rows.to(Dtype.F32.scalarType()).equal(others.to(Dtype.F32.scalarType()));
          }
        });
    return same[0];
  }

  /**
   * Reads a tensor a few rows at a time.
   *
   * @param each takes the number of the first row, and the rows in the file's type, which are valid
   *     for this call only, and not while another tensor is read so; a number without dimensions is
   *     given as it is
   */
  void blocks(String name, BiConsumer<Long, Tensor> each) {
    blocks(name, 1, each);
  }

  /** The same with a multiple of some number of rows each time. */
  private void blocks(String name, long multiple, BiConsumer<Long, Tensor> each) {
    String file = sourceName(name);
    TensorInfo info = source.info(file);
    if (info.shape().isEmpty()) {
      Scope.run(() -> each.accept(0L, source.read(file)));
      return;
    }
    long all = info.shape().get(0);
    if (all == 0) {
      return;
    }
    long bytes = info.elements() / all * info.dtype().bytes() * multiple;
    long rows = Math.min(all, multiple * Math.max(1, BLOCK / Math.max(1, bytes)));
    TensorInfo largest = info.withRows(0, rows);
    for (long from = 0; from < all; from += rows) {
      long first = from;
      Scope.run(
          () -> {
            Tensor block = memory(largest).narrow(0, 0, Math.min(rows, all - first));
            source.fill(file, first, block);
            each.accept(first, block);
          });
    }
  }

  /** The buffer's memory for a block. */
  private Tensor memory(TensorInfo block) {
    long bytes = block.elements() * block.dtype().bytes();
    if (buffer == null || buffer.numel() < bytes) {
      Scope.release(buffer);
      buffer = Scope.own(() -> TensorMemory.allocate(Dtype.U8, Math.max(BLOCK, bytes)));
    }
    return buffer.narrow(0, 0, bytes).view(block.dtype().scalarType()).view(block.dimensions());
  }

  /** The checkpoint's tensors that belong to the backbone, in alphabetical order. */
  public List<String> names() {
    return sourceNames.keySet().stream().filter(layout.shapes()::containsKey).toList();
  }

  /** What the file says of one of the backbone's tensors. */
  public TensorInfo info(String name) {
    return source.info(sourceName(name));
  }

  /**
   * SHA-256 over the backbone's weights as they are on disk, in hexadecimal; a language-model head
   * changes nothing in what a backbone computes.
   */
  public String hash() {
    return hash(names());
  }

  /** The same over some tensors, in the order given. */
  public String hash(List<String> names) {
    return FingerprintStore.inCache()
        .of(source.files(), names, () -> WeightsFingerprint.of(this, names));
  }

  /** Compares the checkpoint with the layout. */
  public WeightReport report() {
    List<Entry> entries = new ArrayList<>();
    Map<String, List<Long>> unseen = new HashMap<>(layout.shapes());
    sourceNames.forEach(
        (name, sourceName) -> {
          TensorInfo found = source.info(sourceName);
          List<Long> expected = unseen.remove(name);
          if (expected == null) {
            entries.add(Entry.of(name, found, "", Status.UNEXPECTED));
          } else {
            entries.add(compared(name, found, expected));
          }
        });
    new TreeMap<>(unseen)
        .forEach(
            (name, expected) -> {
              if (!layout.isOptional(name)) {
                entries.add(Entry.of(name, null, expected.toString(), Status.MISSING));
              }
            });
    entries.addAll(headEntries());
    ignored.forEach(name -> entries.add(Entry.of(name, source.info(name), "", Status.IGNORED)));
    return new WeightReport(entries, notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    prefix.note(source).ifPresent(notes::add);
    List<Entry> faults = headFaults();
    if (!headNames.isEmpty() && !faults.isEmpty()) {
      notes.add(
          "%s: its language-model head is left out (%s); only heads that score words need it"
              .formatted(source.describe(), shown(faults)));
    }
    return notes;
  }

  /** The head's tensors; where one of them is at fault, all are left out. */
  private List<Entry> headEntries() {
    List<Entry> compared = comparedHead();
    boolean whole = compared.stream().allMatch(entry -> entry.status() == Status.USED);
    return compared.stream()
        .filter(entry -> !sourceNames.containsKey(entry.name())) // said of the backbone already
        .map(entry -> whole ? entry : entry.leftOut())
        .toList();
  }

  private List<Entry> headFaults() {
    return comparedHead().stream().filter(entry -> entry.status() != Status.USED).toList();
  }

  private List<Entry> comparedHead() {
    List<Entry> entries = new ArrayList<>();
    if (headNames.isEmpty()) {
      return entries;
    }
    LanguageModelLayout head = layout.languageModel();
    new TreeMap<>(head.shapes())
        .forEach(
            (name, expected) -> {
              if (headNames.containsKey(name)) {
                entries.add(compared(name, source.info(headNames.get(name)), expected));
              } else if (!head.optional().contains(name)) {
                entries.add(Entry.of(name, null, expected.toString(), Status.MISSING));
              }
            });
    return entries;
  }

  private static Entry compared(String name, TensorInfo found, List<Long> expected) {
    boolean fits = expected.equals(found.shape()) && found.dtype().isFloatingPoint();
    return Entry.of(name, found, expected.toString(), fits ? Status.USED : Status.WRONG_SHAPE);
  }

  /**
   * Makes sure that the checkpoint can be loaded.
   *
   * @throws InvalidInputException if not; the message names each tensor that is missing, unexpected
   *     or of the wrong shape
   */
  public void verify() {
    WeightReport report = report();
    if (report.loadable()) {
      return;
    }
    List<Entry> faults = new ArrayList<>(report.with(Status.MISSING));
    faults.addAll(report.with(Status.WRONG_SHAPE));
    faults.addAll(report.with(Status.UNEXPECTED));
    throw InvalidInputException.of(
        "%s does not fit its config.json: %s%s",
        source.describe(), shown(faults), prefix.hint(source, layout));
  }

  private static String shown(List<Entry> faults) {
    String shown = faults.stream().limit(10).map(Entry::fault).collect(Collectors.joining("; "));
    return faults.size() > 10 ? shown + "; and " + (faults.size() - 10) + " more" : shown;
  }

  private String sourceName(String name) {
    String sourceName = sourceNames.getOrDefault(name, headNames.get(name));
    if (sourceName == null) {
      throw InvalidInputException.of("%s: tensor %s is missing", source.describe(), name);
    }
    return sourceName;
  }

  @Override
  public void close() {
    Scope.release(buffer);
    source.close();
  }
}
