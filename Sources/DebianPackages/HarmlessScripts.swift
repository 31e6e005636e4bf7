/// What debhelper's snippets do, those that an image does not need; the snippets that it may need, such as
/// `dh_installalternatives` and `dh_installtmpfiles`, do not stand here.
let harmlessSnippets = [
    "dh_icons": "makes a cache of icons",
    "dh_installdeb": "moves configuration files of earlier versions",
    "dh_installdebconf": "asks no questions",
    "dh_installinit": "starts a service",
    "dh_installmenu": "makes menus",
    "dh_installsystemd": "starts a service",
    "dh_installsystemduser": "starts a service",
    "dh_makeshlibs": "runs ldconfig",
    "dh_python3": "compiles Python's byte code",
    "dh_systemd_enable": "starts a service",
    "dh_systemd_start": "starts a service",
    "dh_ucf": "moves configuration files of earlier versions",
]

/// The packages of Debian whose scripts were read, and that an image does not miss.
let harmlessScripts = [
    "base-files": "puts defaults for people who log in",
    "ca-certificates": "makes the bundle, which `certificates` makes here",
    "debconf": "keeps a database of answers",
    "dpkg": "keeps a database of packages",
    "fontconfig": "makes a cache of fonts",
    "libc6": "restarts services after an upgrade",
    "libgcrypt20": "removes files of earlier versions",
    "libgssapi-krb5-2": "removes files of earlier versions",
    "libpam0g": "restarts services after an upgrade",
    "libpython3.11-minimal": "puts an empty `sitecustomize.py`",
    "libqt5core5a": "removes files of earlier versions",
    "openssl": "removes files of earlier versions",
    "python3": "compiles Python's byte code",
    "python3-distutils": "compiles Python's byte code",
    "python3-lib2to3": "compiles Python's byte code",
    "python3-minimal": "compiles Python's byte code",
    "python3.11": "compiles Python's byte code",
    "python3.11-minimal": "compiles Python's byte code",
    "readline-common": "puts defaults for people who log in",
    "tzdata": "sets the time zone, which is UTC without it",
    "unzip": "registers types for mail programs",
    "x11-common": "starts a service",
]
