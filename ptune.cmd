@echo off
rem Starts the ptune command: from a checkout, where it is built on first use (after changing sources,
rem delete ptuning4j-cli\target\ptune.built to have it built again), or from an unpacked archive, in
rem which this file is bin\ptune.cmd.
rem
rem PTUNE_JAVA_OPTS: more options for Java, such as -Xmx4g.
rem
rem The steps are those of the script ptune beside this file. Arguments reach Java as %* holds them:
rem it is expanded once, and never within a block in parentheses, where theirs would end it.
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
set "TARGET=%HERE%ptuning4j-cli\target"
if not exist "%HERE%pom.xml" set "TARGET=%HERE%..\libexec"

rem Java: JAVA_HOME's, else the one on the path. Its version, from the file beside it where there is
rem one: asking Java itself takes longer.
set "JAVA="
set "VERSION="
if defined JAVA_HOME set "JAVA_HOME=%JAVA_HOME:"=%"
if not defined JAVA_HOME goto java_on_path
if not exist "%JAVA_HOME%\bin\java.exe" goto java_on_path
set "JAVA=%JAVA_HOME%\bin\java.exe"
if not exist "%JAVA_HOME%\release" goto ask_java
for /f "usebackq tokens=1,2 delims==" %%A in ("%JAVA_HOME%\release") do if "%%A"=="JAVA_VERSION" set "VERSION=%%~B"
goto java_version

:java_on_path
for %%J in (java.exe) do set "JAVA=%%~$PATH:J"
if not defined JAVA (
  echo ptune: Java is missing: install a JDK 17 or newer ^(such as Temurin^), or set JAVA_HOME 1>&2
  exit /b 1
)

:ask_java
set "SAID=%TEMP%\ptune-java-%RANDOM%%RANDOM%.txt"
"%JAVA%" -version 2>"%SAID%"
for /f "usebackq tokens=2,3" %%A in ("%SAID%") do if "%%A"=="version" set "VERSION=%%~B"
del "%SAID%" 2>nul

:java_version
set "MAJOR="
for /f "tokens=1 delims=.-+_" %%M in ("%VERSION%") do set /a "MAJOR=%%M" 2>nul
if not defined MAJOR (
  echo ptune: cannot tell the version of "%JAVA%" 1>&2
  exit /b 1
)
if %MAJOR% LSS 17 (
  echo ptune: Java %VERSION% is too old ^("%JAVA%"^): JDK 17 or newer is needed; set JAVA_HOME to one 1>&2
  exit /b 1
)

if not exist "%HERE%pom.xml" goto built
if exist "%TARGET%\ptune.built" goto built
set "MAVEN="
for %%M in (mvn.cmd mvn.bat mvn.exe) do if not defined MAVEN set "MAVEN=%%~$PATH:M"
if not defined MAVEN (
  echo ptune: Maven is missing, which builds ptune on first use: install Maven 3.8 or newer ^(mvn^) 1>&2
  exit /b 1
)
set "COMPILER=%JAVA:~0,-8%javac.exe"
if not exist "%COMPILER%" for %%C in (javac.exe) do set "COMPILER=%%~$PATH:C"
if not defined COMPILER (
  echo ptune: the Java compiler is missing ^("%JAVA%" has none^): install a JDK, not only a JRE 1>&2
  exit /b 1
)
echo ptune: building (mvn package); the first time this downloads libraries and takes minutes 1>&2
pushd "%HERE%"
call "%MAVEN%" -q -B -Dmaven.test.skip=true -pl ptuning4j-cli -am package 1>&2 <nul
set "CODE=%ERRORLEVEL%"
popd
if not "%CODE%"=="0" (
  echo ptune: the build has failed; see above, or run mvn package in "%HERE%" 1>&2
  exit /b 1
)
if exist "%TARGET%\ptune-*.jsa" del "%TARGET%\ptune-*.jsa"
type nul >"%TARGET%\ptune.built"

:built
set "JAR="
pushd "%TARGET%"
for %%J in (ptuning4j-cli-*.jar) do call :jar %%J
popd
if not defined JAR (
  echo ptune: no jar in "%TARGET%"; delete ptune.built there, or unpack the archive again 1>&2
  exit /b 1
)

rem What libtorch needs from the environment, before the process starts (docs/architecture.md).
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined GOMP_SPINCOUNT set "GOMP_SPINCOUNT=2000"
if /i "%PROCESSOR_ARCHITECTURE%"=="AMD64" if not defined OPENBLAS_NUM_THREADS set "OPENBLAS_NUM_THREADS=1"

rem Classes loaded once and kept in an archive: those of a short training and of a prediction. Where
rem there is none, Java goes on without.
set "COMMON=-XX:+UseSerialGC -Xshare:auto -Xlog:disable -Xlog:all=error:stderr"
set "ARCHIVE=%TARGET%\ptune-%VERSION%.jsa"
if %MAJOR% GEQ 19 set "COMMON=%COMMON% -XX:+AutoCreateSharedArchive"
if %MAJOR% GEQ 19 goto options
if exist "%ARCHIVE%" goto options
set "MADE=%ARCHIVE%.%RANDOM%"
"%JAVA%" %COMMON% -XX:TieredStopAtLevel=1 %PTUNE_JAVA_OPTS% "-XX:ArchiveClassesAtExit=%MADE%" -cp "%JAR%" org.ptuning4j.cli.ClassArchive <nul >nul 2>&1
if exist "%MADE%" move /y "%MADE%" "%ARCHIVE%" >nul 2>&1

:options
rem The second compiler pays off in long runs only. Little lives on the Java heap while tensors are
rem computed: it stays as small as its content.
set "RUN=-XX:TieredStopAtLevel=1"
for %%C in (train demo eval compare ablate lama search reproduce serve) do (
  if "%~1"=="%%C" set "RUN=-Xms16m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40"
)
if not "%~1"=="predict" goto run
:scan
if "%~1"=="" goto run
if "%~1"=="--input" set "RUN="
shift
goto scan

:run
rem What ptune writes is UTF-8, whatever code page the console has.
set "PAGE="
for /f "tokens=2 delims=:." %%P in ('chcp') do set /a "PAGE=%%P" 2>nul
if defined PAGE chcp 65001 >nul 2>&1
"%JAVA%" %COMMON% "-XX:SharedArchiveFile=%ARCHIVE%" %RUN% %PTUNE_JAVA_OPTS% -jar "%JAR%" %*
set "CODE=%ERRORLEVEL%"
if defined PAGE chcp %PAGE% >nul 2>&1
exit /b %CODE%

:jar
set "NAME=%~n1"
if "%NAME:~-8%"=="-sources" exit /b 0
if "%NAME:~-8%"=="-javadoc" exit /b 0
if "%NAME:~-6%"=="-tests" exit /b 0
set "JAR=%TARGET%\%~1"
exit /b 0
