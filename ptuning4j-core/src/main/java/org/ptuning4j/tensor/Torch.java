package org.ptuning4j.tensor;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.engine.Engine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts libtorch, once per process, with the settings without which it is slow or unsafe.
 * Everything that calls libtorch goes through {@link Engine}, which calls {@link #start()} first.
 *
 * <p>Before the native libraries load: OpenMP's waiting threads are told to sleep, and OpenBLAS to
 * have no threads of its own, because the two otherwise spin against each other; glibc is told to
 * serve large tensors from one heap that it keeps, because fresh pages at each step cost more than
 * the arithmetic on them; JavaCPP's limit on native memory, which follows the Java heap, is lifted.
 * The loading itself happens under a file lock, because two JVMs that unpack the libraries into one
 * cold cache destroy each other's files.
 */
public final class Torch {

  private static final Logger LOG = LoggerFactory.getLogger(Torch.class);

  private static final String BLAS_THREADS = "OPENBLAS_NUM_THREADS";
  private static final String SPINS = "GOMP_SPINCOUNT";

  /**
   * What OpenMP and OpenBLAS read when they load. OpenBLAS's own threads would spin against
   * OpenMP's, and stall for as long as another process holds a core; without them each of OpenMP's
   * threads calls OpenBLAS for itself, and large products go to oneDNN. A thread of OpenMP's looks
   * for work a little longer than it takes from one product of a forward pass to the next, then it
   * sleeps.
   */
  private static final Map<String, String> ENVIRONMENT =
      Platform.isIntel()
          ? Map.of("OMP_WAIT_POLICY", "PASSIVE", SPINS, "2000", BLAS_THREADS, "1")
          : Map.of("OMP_WAIT_POLICY", "PASSIVE", SPINS, "2000");

  private static final boolean BLAS_IS_HELD = blasIsHeld();

  /**
   * A call of glibc's mallopt.
   *
   * @param parameter from malloc.h
   */
  private record Mallopt(int parameter, int value) {}

  /**
   * What is set of glibc's malloc, by the variables that set the same. No larger threshold for mmap
   * than this is accepted from within (HEAP_MAX_SIZE / 2 on 64 bits).
   */
  private static final Map<String, Mallopt> MALLOC =
      Map.of(
          "MALLOC_ARENA_MAX",
          new Mallopt(-8, 1),
          "MALLOC_MMAP_THRESHOLD_",
          new Mallopt(-3, 32 << 20),
          "MALLOC_TRIM_THRESHOLD_",
          new Mallopt(-1, Integer.MAX_VALUE));

  private Torch() {}

  /** Loads and configures libtorch; later calls do nothing. */
  public static void start() {
    Started.ensure();
  }

  /**
   * Begins to load libtorch in a thread of its own, for programs that will need it and have other
   * things to do first; {@link #start} waits for it. If loading fails, {@link #start} says so.
   *
   * @return the thread: a process should not end before it does, in the middle of a library's own
   *     start
   */
  public static Thread startAside() {
    Thread loading = new Thread(Started::ensure, "libtorch-start");
    loading.setDaemon(true);
    // The failure is kept for the next call of start().
    loading.setUncaughtExceptionHandler((thread, failure) -> LOG.debug("Not loaded", failure));
    loading.start();
    return loading;
  }

  /** The number of threads that libtorch uses within one operation. */
  public static int threads() {
    start();
    return torch.get_num_threads();
  }

  /**
   * Limits the threads that libtorch uses within an operation that this thread calls, such as where
   * others of the machine's cores are someone else's.
   *
   * @param count 1 or more
   */
  public static void useThreads(int count) {
    start();
    torch.set_num_threads(count);
  }

  /**
   * The number of threads of OpenBLAS, which computes libtorch's own fp32 products: 1 where it is
   * held to that, else as many as libtorch uses.
   */
  public static int blasThreads() {
    return BLAS_IS_HELD ? 1 : threads();
  }

  /** Whether OpenBLAS is told to use one thread, by the environment or by {@link #tuneProcess}. */
  private static boolean blasIsHeld() {
    String set = System.getenv(BLAS_THREADS);
    return set == null
        ? Platform.isLinux() && ENVIRONMENT.containsKey(BLAS_THREADS)
        : set.strip().equals("1");
  }

  /** The version of libtorch, of its Java binding included, such as {@code 2.10.0-1.5.13}. */
  public static String version() {
    try {
      return Loader.getVersion("org.bytedeco", "pytorch");
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch's Java binding does not say its version", e);
    }
  }

  /**
   * Where caches of this project live: {@code $XDG_CACHE_HOME/ptuning4j} or {@code
   * ~/.cache/ptuning4j}.
   */
  public static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("ptuning4j");
  }

  /** Loads once, in the thread that comes first; the others wait for it. */
  private static final class Started {

    @SuppressWarnings("StaticAssignmentOfThrowable") // every caller is told the one first failure
    private static final Throwable FAILURE = failure();

    /** A failure within a static initialiser would be told to the first thread only. */
    private static Throwable failure() {
      try {
        setDefault("org.bytedeco.javacpp.maxBytes", "0");
        setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        if (!hasGpuLibraries()) {
          setDefault("org.bytedeco.javacpp.platform.extension", "");
        }
        tuneProcess();
        loadUnderLock();
        return null;
      } catch (RuntimeException | Error e) {
        return e;
      }
    }

    static void ensure() {
      if (FAILURE instanceof RuntimeException exception) {
        throw exception;
      }
      if (FAILURE instanceof Error error) {
        throw error;
      }
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Whether libtorch's libraries for GPUs are on the class path. Where they are not, JavaCPP would
   * still search every jar and library path for two dozen libraries of CUDA: a third of a second.
   */
  private static boolean hasGpuLibraries() {
    String folder = "/org/bytedeco/pytorch/" + Loader.getPlatform() + "-gpu/";
    return torch.class.getResource(folder + System.mapLibraryName("jnitorch")) != null;
  }

  /**
   * What the launcher sets in the environment, done from within for programs that embed the
   * library.
   */
  private static void tuneProcess() {
    boolean done =
        Stream.concat(ENVIRONMENT.keySet().stream(), MALLOC.keySet().stream())
            .allMatch(name -> System.getenv(name) != null);
    if (!Platform.isLinux() || done) {
      return;
    }
    try {
      NativeLibrary libc = NativeLibrary.getInstance("c");
      Function setenv = libc.getFunction("setenv");
      ENVIRONMENT.forEach((name, value) -> setenv.invokeInt(new Object[] {name, value, 0}));
      Function mallopt = libc.getFunction("mallopt");
      MALLOC.forEach(
          (name, setting) -> {
            if (System.getenv(name) == null) {
              mallopt.invokeInt(new Object[] {setting.parameter(), setting.value()});
            }
          });
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("The C library's settings stay as they are: {}", e.getMessage());
    }
  }

  private static void loadUnderLock() {
    Path lock = cacheFolder().resolve("natives.lock");
    try {
      Files.createDirectories(lock.getParent());
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        LOG.debug("Loading libtorch under {}", held);
        Loader.load(torch.class);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The native libraries cannot be unpacked: no lock on "
              + lock
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }
}
